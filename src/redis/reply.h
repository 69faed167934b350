// What Redis says (RESP2): values, and the reader that makes them out of bytes. hiredis does the work.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

#include "base/result.h"

struct redisReply;
struct redisReader;

namespace tinychat::redis {

// A view of a reply or of a part of it; it lives as long as its Reply.
class Value {
 public:
  explicit Value(const redisReply* reply) : reply_(reply) {}

  [[nodiscard]] bool is_error() const;
  [[nodiscard]] bool is_nil() const;
  [[nodiscard]] bool is_array() const;
  // Of a string, a status or an error; empty for the rest.
  [[nodiscard]] std::string_view text() const;
  // 0 for what is no integer.
  [[nodiscard]] long long integer() const;
  // 0 for what is no array.
  [[nodiscard]] std::size_t size() const;
  // Of an array; beyond its end there is nil.
  [[nodiscard]] Value operator[](std::size_t index) const;

 private:
  const redisReply* reply_;  // may be nullptr: nil
};

class Reply {
 public:
  Reply() = default;
  explicit Reply(redisReply* owned) : owned_(owned) {}

  [[nodiscard]] Value value() const { return Value(owned_.get()); }

 private:
  struct Free {
    void operator()(redisReply* reply) const;
  };
  std::unique_ptr<redisReply, Free> owned_;
};

// Bytes in, replies out. One owner.
class ReplyReader {
 public:
  ReplyReader();

  // Error: kUnavailable, more than limits::kRedisReplyBytesMax wait to be a reply.
  Result<void> feed(std::string_view bytes);
  // True: `reply` is the next one. False: more bytes are needed. Error: kUnavailable, these are no replies.
  [[nodiscard]] Result<bool> next(Reply& reply);

 private:
  struct Free {
    void operator()(redisReader* reader) const;
  };
  std::unique_ptr<redisReader, Free> reader_;
};

}  // namespace tinychat::redis
