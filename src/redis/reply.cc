#include "redis/reply.h"

#include <hiredis/hiredis.h>

#include <new>

#include "base/limits.h"

namespace tinychat::redis {

namespace {

const redisReplyObjectFunctions* functions_of_hiredis = nullptr;

// hiredis allocates an array as soon as it has read how long it says it is: ten bytes in, gigabytes out. What
// counts elements has another type in later versions of it.
template <typename Count>
void* create_array(const redisReadTask* task, Count count) {
  if (static_cast<std::size_t>(count) > limits::kRedisReplyElementsMax) return nullptr;
  return functions_of_hiredis->createArray(task, count);
}

redisReplyObjectFunctions* bounded(const redisReplyObjectFunctions* functions) {
  static redisReplyObjectFunctions with_bound = [&] {
    functions_of_hiredis = functions;
    redisReplyObjectFunctions copy = *functions;
    copy.createArray = create_array;
    return copy;
  }();
  return &with_bound;
}

}  // namespace

bool Value::is_error() const { return reply_ != nullptr && reply_->type == REDIS_REPLY_ERROR; }
bool Value::is_nil() const { return reply_ == nullptr || reply_->type == REDIS_REPLY_NIL; }
bool Value::is_array() const { return reply_ != nullptr && reply_->type == REDIS_REPLY_ARRAY; }

std::string_view Value::text() const {
  if (reply_ == nullptr || reply_->str == nullptr) return {};
  return {reply_->str, static_cast<std::size_t>(reply_->len)};
}

long long Value::integer() const {
  return reply_ != nullptr && reply_->type == REDIS_REPLY_INTEGER ? reply_->integer : 0;
}

std::size_t Value::size() const { return is_array() ? static_cast<std::size_t>(reply_->elements) : 0; }

Value Value::operator[](std::size_t index) const {
  return Value(index < size() ? reply_->element[index] : nullptr);
}

void Reply::Free::operator()(redisReply* reply) const { freeReplyObject(reply); }
void ReplyReader::Free::operator()(redisReader* reader) const { redisReaderFree(reader); }

ReplyReader::ReplyReader() : reader_(redisReaderCreate()) {
  if (!reader_) throw std::bad_alloc();
  reader_->fn = bounded(reader_->fn);
}

Result<void> ReplyReader::feed(std::string_view bytes) {
  if (reader_->len - reader_->pos + bytes.size() > limits::kRedisReplyBytesMax) {
    return fail(Code::kUnavailable, "what answers is longer than anything that Redis was asked for");
  }
  // An error of it is sticky and comes out of next().
  (void)redisReaderFeed(reader_.get(), bytes.data(), bytes.size());
  return {};
}

Result<bool> ReplyReader::next(Reply& reply) {
  void* made = nullptr;
  if (redisReaderGetReply(reader_.get(), &made) != REDIS_OK) {
    return fail(Code::kUnavailable,
                "what answers does not speak Redis' protocol: " + std::string(reader_->errstr));
  }
  if (made == nullptr) return false;
  reply = Reply(static_cast<redisReply*>(made));
  return true;
}

}  // namespace tinychat::redis
