#include "base/secret.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace tinychat::secret_test {

TEST(Secret, TokensAreLongAndAllDifferent) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string token = random_token();
    ASSERT_EQ(token.size(), kTokenCharacters);
    ASSERT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
              std::string::npos)
        << token;
    ASSERT_TRUE(seen.insert(token).second);
  }
}

TEST(Secret, IdsAreShortAndAllDifferent) {
  std::set<std::string> seen;
  std::set<char> characters;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = random_id();
    ASSERT_EQ(id.size(), 16U);
    characters.insert(id.begin(), id.end());
    ASSERT_TRUE(seen.insert(id).second);
  }
  EXPECT_EQ(std::string(characters.begin(), characters.end()), "0123456789abcdefghijklmnopqrstuvwxyz");
}

TEST(Secret, KeysAreAllDifferent) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string key = random_key();
    ASSERT_EQ(key.size(), kKeyCharacters);
    ASSERT_TRUE(seen.insert(key).second);
  }
}

// BLAKE2b with 32 bytes: `printf abc | b2sum -l 256`.
TEST(Secret, AHashIsAlwaysTheSame) {
  EXPECT_EQ(token_hash("abc"), "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
  EXPECT_NE(token_hash("abd"), token_hash("abc"));
}

}  // namespace tinychat::secret_test
