#include "journal/once_script.h"

#include <chrono>
#include <string>

#include "base/limits.h"

namespace tinychat::journal {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

// Redis without memory to spare refuses to write: then the answer is not kept, for that is no reason to fail.
std::string once(std::string_view action) {
  std::string text = "local function act()\n";
  text += action;
  text += R"lua(
end
local call = KEYS[#KEYS]
local answer = redis.call('GET', call)
if answer then return cmsgpack.unpack(answer) end
answer = act()
redis.pcall('SET', call, cmsgpack.pack(answer), 'PX', )lua";
  text += std::to_string(duration_cast<milliseconds>(limits::kRedisAnswerKept).count());
  return text + ")\nreturn answer\n";
}

}  // namespace

OnceScript::OnceScript(std::string_view action) : script_(once(action)) {}

}  // namespace tinychat::journal
