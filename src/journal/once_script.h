// A Lua script whose effect must not happen twice. A call of it carries a key of its own, under which it
// leaves its answer for a while: the same call sent again, because the reply to the first got lost, changes
// nothing and is answered the same.
//
// Thread: any.
#pragma once

#include <string_view>

#include "redis/script.h"

namespace tinychat::journal {

class OnceScript {
 public:
  // What it does, without knowing any of this.
  explicit OnceScript(std::string_view action);

  // Takes one key more than the action, the last: that of the call.
  [[nodiscard]] const redis::Script& script() const { return script_; }

 private:
  const redis::Script script_;
};

}  // namespace tinychat::journal
