#include "redis/script.h"

#include <openssl/evp.h>

#include <array>
#include <vector>

#include "base/assert.h"

namespace tinychat::redis {
namespace {

// Redis names scripts by their SHA-1, in lower-case hexadecimal.
std::string digest_of(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  TINYCHAT_ASSERT(EVP_Digest(text.data(), text.size(), bytes.data(), &size, EVP_sha1(), nullptr) == 1);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string digest;
  for (unsigned i = 0; i < size; ++i) {
    digest += kDigits[bytes[i] >> 4U];
    digest += kDigits[bytes[i] & 15U];
  }
  return digest;
}

}  // namespace

Script::Script(std::string_view source) : source_(source), digest_(digest_of(source)) {}

void Script::add_to(Commands& commands, std::span<const std::string_view> keys,
                    std::span<const std::string_view> arguments) const {
  const std::string count = std::to_string(keys.size());
  std::vector<std::string_view> words;
  words.reserve(3 + keys.size() + arguments.size());
  words.insert(words.end(), {"EVALSHA", digest_, count});
  words.insert(words.end(), keys.begin(), keys.end());
  words.insert(words.end(), arguments.begin(), arguments.end());
  commands.add(words);
}

}  // namespace tinychat::redis
