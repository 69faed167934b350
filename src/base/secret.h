// What nobody can guess: tokens that stand for somebody, and what is stored of them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tinychat {

inline constexpr std::size_t kTokenCharacters = 43;
inline constexpr std::size_t kKeyCharacters = 22;

// 256 random bits as kTokenCharacters of base64url. Any thread.
[[nodiscard]] std::string random_token();

// 128 random bits as kKeyCharacters of base64url: a name that only those know who were told. Any thread.
[[nodiscard]] std::string random_key();

// What is stored in place of a token: who reads it cannot become the one it stands for. A token has
// enough bits of its own to need no salt and no slow hash. 64 hexadecimal digits.
[[nodiscard]] std::string token_hash(std::string_view token);

// A public name that no other thing has: 16 of a-z and 0-9, some 82 random bits.
[[nodiscard]] std::string random_id();

}  // namespace tinychat
