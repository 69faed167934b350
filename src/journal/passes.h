// What lets somebody in: tokens, which programs show with each request, and links, which make a browser's
// user a member. And what lets in no longer, for those who have to end what it had opened.
//
// Of a secret, its hash is what is found by; a secret itself is stored only of a link that is to be shown
// again. Ids, times and hashes come from the caller.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "room/rights.h"

namespace tinychat::journal {

struct AccessToken {
  std::string id;    // public
  std::string name;  // for people; no two alike
  room::Grant grant;
  std::uint64_t created_milliseconds = 0;
  std::uint64_t expires_milliseconds = 0;  // 0: never
  std::uint64_t used_milliseconds = 0;     // 0: not yet

  friend bool operator==(const AccessToken&, const AccessToken&) = default;
};

// There is one for each role at a time: a new one takes the place of the one before.
struct Link {
  room::Role role = room::Role::kMember;   // what it makes of who comes by it
  std::string code;                        // the secret, if it is to be shown again
  std::uint64_t expires_milliseconds = 0;  // 0: never
  std::int64_t uses_left = kAnyNumber;

  static constexpr std::int64_t kAnyNumber = -1;

  [[nodiscard]] bool is_good(std::uint64_t now_milliseconds) const {
    return uses_left != 0 && (expires_milliseconds == 0 || expires_milliseconds > now_milliseconds);
  }

  friend bool operator==(const Link&, const Link&) = default;
};

// What shards have to act on, in the order in which it happened: who has lost a right, by room::holder_of(),
// or the right to one room, by holder_in(); whose messages were erased, by erased_of().
struct Revocations {
  std::vector<std::string> holders;
  std::string place;  // for the next question
};

// Among the revocations, in place of a holder: what shards keep of the rules (which rooms are locked) has
// changed.
inline constexpr std::string_view kRulesHolder = "rules";

// Thread, errors and durability as People has them. kUnprocessable as said.
class Passes {
 public:
  Passes() = default;
  Passes(const Passes&) = delete;
  Passes& operator=(const Passes&) = delete;
  virtual ~Passes() = default;

  // kUnprocessable: there is one of this name, or there are limits::kTokensMax.
  virtual Result<void> add_token(const AccessToken& token, std::string_view hash) = 0;
  // One that has not expired; that it was used is written down now and then, as a visit is.
  virtual Result<std::optional<AccessToken>> find_token(std::string_view hash,
                                                        std::uint64_t now_milliseconds) = 0;
  // By name, also those that have expired.
  virtual Result<std::vector<AccessToken>> tokens() = 0;
  // It lets nobody in from now on, and is among the revocations. False: there is none of this name.
  virtual Result<bool> revoke_token(std::string_view name) = 0;

  virtual Result<void> put_link(const Link& link, std::string_view hash) = 0;
  // As it is, also if it has expired.
  virtual Result<std::optional<Link>> find_link(room::Role role) = 0;
  // Uses it once. nullopt: there is no such link, it has expired, or was used as often as it may be.
  virtual Result<std::optional<room::Role>> use_link(std::string_view hash,
                                                     std::uint64_t now_milliseconds) = 0;

  virtual Result<void> revoke(std::string_view holder) = 0;
  // What came after that place; of none, nothing but where it ends.
  virtual Result<Revocations> revoked_after(const std::string& place) = 0;
};

// Among the revocations: what this user had written is not in the journal any more.
[[nodiscard]] std::string erased_of(std::string_view author);
[[nodiscard]] std::optional<std::string_view> erased_author(std::string_view revocation);

// What all implementations refuse with.
[[nodiscard]] Error token_name_taken(std::string_view name);
[[nodiscard]] Error too_many_tokens();

// The rooms of a grant as one text: their names have no control characters.
[[nodiscard]] std::string joined_rooms(const room::Grant& grant);
[[nodiscard]] std::vector<std::string> split_rooms(std::string_view text);

}  // namespace tinychat::journal
