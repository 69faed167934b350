// What owners do about who is let in, over HTTP or from the command line: the act, and the note of it in the
// audit log. An act that cannot be noted stands, and the program's own log says so.
//
// Thread, errors and durability as People has them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "journal/people.h"
#include "wire/ip_address.h"

namespace tinychat::journal {

// Who does it, and when; without an id: the command line.
struct Actor {
  std::string id = {};
  std::string name = {};
  std::uint64_t now_milliseconds = 0;
};

void note(People& people, const Actor& actor, std::string action, std::string subject,
          std::string subject_id = {});

struct NewLink {
  Link link;
  std::string code;  // Link::code is empty where it is shown this once
};
// In place of the one before.
Result<NewLink> make_link(People& people, const Actor& actor, Link link);

struct NewToken {
  AccessToken token;
  std::string secret;
};
// Id and time are made here. kUnprocessable: as Passes::add_token(), and for a name that cannot be one.
Result<NewToken> make_token(People& people, const Actor& actor, AccessToken token);

// The one whose name or id this is. False: there is none.
Result<bool> revoke_token(People& people, const Actor& actor, std::string AccessToken::* by,
                          std::string_view value);

// The user as they are then, and whose streams end if they are removed; nullopt: there is no such user. With
// an owner goes the owner link that they may know.
// kUnprocessable as People::set_role().
Result<std::optional<User>> change_role(People& people, const Actor& actor, std::string_view user_id,
                                        room::Role role);

// What they had written is out of the journal: servers are told to forget it.
Result<void> tell_of_erasure(People& people, const Actor& actor, std::string_view user_id);

// An address or a network, as hosts are counted. Errors: kUnprocessable (it is neither, or this machine).
Result<wire::Subnet> read_block(std::string_view text);
// kUnprocessable as AddressBlocks::add(). Servers are told.
Result<AddressBlock> block_address(People& people, const Actor& actor, const wire::Subnet& subnet);
// The one whose id or address this is. False: there is none.
Result<bool> unblock_address(People& people, const Actor& actor, std::string AddressBlock::* by,
                             std::string_view value);

}  // namespace tinychat::journal
