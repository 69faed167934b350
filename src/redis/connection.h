// One connection to a Redis: commands out, replies in, never longer than a deadline.
//
// Thread: one that may block; never a shard's. After an error the connection is of no more use, because it
// is not known what is still on its way: drop it (see Session).
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "redis/commands.h"
#include "redis/endpoint.h"
#include "redis/reply.h"
#include "redis/transport.h"

namespace tinychat::redis {

class Connection {
 public:
  // Connected, authenticated, in its database and under a name that CLIENT LIST shows. Errors: kUnavailable
  // for what may pass by itself, kUsage for what a person has to set right (password, rights, database).
  static Result<std::unique_ptr<Connection>> open(const Endpoint& endpoint, std::string_view name,
                                                  SteadyTime deadline);

  // Sends the commands and takes as many replies, those of errors too.
  Result<std::vector<Reply>> exchange(const Commands& commands, SteadyTime deadline);

  // The same in two steps, for whoever has something to do in between.
  Result<void> send(const Commands& commands, SteadyTime deadline);
  // nullopt: there is none yet.
  Result<std::optional<Reply>> try_receive();

  [[nodiscard]] int fd() const { return transport_->fd(); }

 private:
  explicit Connection(const Endpoint& endpoint, std::unique_ptr<Transport> transport)
      : endpoint_(endpoint), transport_(std::move(transport)) {}

  Result<void> introduce(std::string_view name, SteadyTime deadline);
  Result<Transport::Status> read_more();
  // Sends what the socket takes of `bytes`, and removes it.
  Result<Transport::Status> write_more(std::string_view& bytes);
  [[nodiscard]] std::unexpected<Error> lost(std::string_view how) const;

  const Endpoint endpoint_;
  const std::unique_ptr<Transport> transport_;
  ReplyReader reader_;
  std::array<char, 64 * 1024> buffer_;
};

// What an error reply means to whoever asked: kUnavailable for what passes (LOADING, READONLY, …), kUsage
// for a wrong password or missing rights, kStorageFull for OOM, kStorageFailed for the rest.
[[nodiscard]] Error error_of(std::string_view reply);

}  // namespace tinychat::redis
