// A connection that comes back: opened when it is needed, dropped when it fails, with a growing and
// scattered time between attempts, so that a Redis that comes up is not run down by its clients.
//
// While the last attempt has failed, whoever asks is told so at once instead of waiting again: the one who
// finds out waits, those behind it do not.
//
// Thread: one that may block.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "redis/connection.h"
#include "redis/script.h"

namespace tinychat::redis {

class Session {
 public:
  Session(Endpoint endpoint, std::string name);

  // The connection, opened now if there is none. Errors: as Connection::open(), at the latest at
  // `deadline`; sooner while Redis is known to be away.
  Result<Connection*> ready(SteadyTime deadline);
  // The connection if there is one; none is opened.
  [[nodiscard]] Connection* connection() const { return connection_.get(); }
  // Forgets the connection. `error`: why.
  void drop(const Error& error);
  // It has answered: what was wrong before is over.
  void proved() { backoff_ = std::chrono::milliseconds(0); }
  [[nodiscard]] bool is_well() const { return backoff_ == std::chrono::milliseconds(0); }
  // How often a connection was opened.
  [[nodiscard]] std::uint64_t opened() const { return opened_; }

  // Makes Redis know a script, and the script its digest. Only where that may be done again.
  Result<void> load(const Script& script, SteadyTime deadline);
  // One script, from its arguments to its reply, loading it where Redis does not know it. Only for what may
  // be done twice. Error replies of the script come out as error_of() has them.
  Result<Reply> evaluate(const Script& script, std::span<const std::string_view> keys,
                         std::span<const std::string_view> arguments, SteadyTime deadline);
  // The same for a command.
  Result<Reply> call(std::initializer_list<std::string_view> command, SteadyTime deadline);

 private:
  Result<Reply> call(const Commands& commands, SteadyTime deadline);

  const Endpoint endpoint_;
  const std::string name_;
  std::unique_ptr<Connection> connection_;
  std::uint64_t opened_ = 0;
  std::minstd_rand random_;

  // While there is no connection.
  Error last_error_{Code::kUnavailable, ""};
  std::chrono::milliseconds backoff_{0};  // 0: the last attempt went well
  SteadyTime next_attempt_;
};

}  // namespace tinychat::redis
