#include "base/secret.h"

#include <sodium.h>

#include <array>
#include <cstdint>

#include "base/assert.h"

namespace tinychat {
namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kKeyBytes = 16;
constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kIdCharacters = 16;

// Any thread, any number of times.
void make_ready() { TINYCHAT_ASSERT(sodium_init() >= 0); }

template <std::size_t kBytes, std::size_t kCharacters>
std::string random_text() {
  make_ready();
  std::array<unsigned char, kBytes> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  std::array<char, kCharacters + 1> text{};
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(),
                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  return {text.data(), kCharacters};
}

}  // namespace

std::string random_token() { return random_text<kTokenBytes, kTokenCharacters>(); }

std::string random_key() { return random_text<kKeyBytes, kKeyCharacters>(); }

std::string token_hash(std::string_view token) {
  make_ready();
  std::array<unsigned char, kHashBytes> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(token.data()),
                     token.size(), nullptr, 0);
  std::array<char, 2 * kHashBytes + 1> text{};
  sodium_bin2hex(text.data(), text.size(), hash.data(), hash.size());
  return {text.data(), 2 * kHashBytes};
}

std::string random_id() {
  make_ready();
  constexpr std::string_view kCharacters = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::string id;
  while (id.size() < kIdCharacters) id += kCharacters[randombytes_uniform(kCharacters.size())];
  return id;
}

}  // namespace tinychat
