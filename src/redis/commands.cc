#include "redis/commands.h"

#include <hiredis/hiredis.h>

#include <array>
#include <new>

#include "base/assert.h"

namespace tinychat::redis {
namespace {

constexpr std::size_t kWordsMax = 256;

}  // namespace

void Commands::add(std::span<const std::string_view> command) {
  TINYCHAT_ASSERT(command.size() <= kWordsMax);
  std::array<const char*, kWordsMax> words;
  std::array<std::size_t, kWordsMax> lengths;
  for (std::size_t i = 0; i < command.size(); ++i) {
    words[i] = command[i].data() == nullptr ? "" : command[i].data();
    lengths[i] = command[i].size();
  }
  char* formatted = nullptr;
  const auto length =
      redisFormatCommandArgv(&formatted, static_cast<int>(command.size()), words.data(), lengths.data());
  if (length < 0) throw std::bad_alloc();
  bytes_.append(formatted, static_cast<std::size_t>(length));
  redisFreeCommand(formatted);
  ++count_;
}

}  // namespace tinychat::redis
