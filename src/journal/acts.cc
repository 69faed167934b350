#include "journal/acts.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "base/log.h"
#include "base/secret.h"
#include "wire/host_set.h"
#include "wire/utf8.h"

namespace tinychat::journal {
namespace {

Result<void> check_token_name(std::string_view name) {
  if (!name.empty() && name.size() <= limits::kTokenNameBytesMax && !wire::first_invalid_utf8(name) &&
      !wire::has_control_characters(name)) {
    return {};
  }
  return fail(Code::kUnprocessable, "the name of a token has 1 to " +
                                        std::to_string(limits::kTokenNameBytesMax) +
                                        " bytes of UTF-8 without control characters; choose another");
}

std::string act_of(room::Role role) {
  return "person." + std::string(role == room::Role::kRemoved ? "removed" : room::name_of(role));
}

}  // namespace

void note(People& people, const Actor& actor, std::string action, std::string subject,
          std::string subject_id) {
  const auto noted = people.audit().add({.time_milliseconds = actor.now_milliseconds,
                                         .by = actor.id,
                                         .by_name = actor.name,
                                         .action = std::move(action),
                                         .subject = std::move(subject),
                                         .subject_id = std::move(subject_id)});
  if (!noted) log(info(noted.error().code).log_level, noted.error().detail);
}

Result<NewLink> make_link(People& people, const Actor& actor, Link link) {
  NewLink made{.link = std::move(link), .code = random_token()};
  // It is shown again: it lets many in. The other one is for whoever reads it first.
  if (made.link.role == room::Role::kMember) made.link.code = made.code;
  auto put = people.passes().put_link(made.link, token_hash(made.code));
  if (!put) return std::unexpected(std::move(put.error()));
  note(people, actor, "link.made", std::string(room::name_of(made.link.role)));
  return made;
}

Result<NewToken> make_token(People& people, const Actor& actor, AccessToken token) {
  if (auto valid = check_token_name(token.name); !valid) return std::unexpected(std::move(valid.error()));
  token.id = random_id();
  token.created_milliseconds = actor.now_milliseconds;
  NewToken made{.token = std::move(token), .secret = random_token()};
  auto added = people.passes().add_token(made.token, token_hash(made.secret));
  if (!added) return std::unexpected(std::move(added.error()));
  note(people, actor, "token.made", made.token.name, made.token.id);
  return made;
}

Result<bool> revoke_token(People& people, const Actor& actor, std::string AccessToken::* by,
                          std::string_view value) {
  const auto tokens = people.passes().tokens();
  if (!tokens) return std::unexpected(tokens.error());
  const auto token = std::ranges::find(*tokens, value, by);
  if (token == tokens->end()) return false;
  auto revoked = people.passes().revoke_token(token->name);
  if (revoked && *revoked) note(people, actor, "token.revoked", token->name, token->id);
  return revoked;
}

Result<std::optional<User>> change_role(People& people, const Actor& actor, std::string_view user_id,
                                        room::Role role) {
  const auto before = people.users_with_standing();
  if (!before) return std::unexpected(before.error());
  const auto found = std::ranges::find(*before, user_id, &User::id);
  const bool was_owner = found != before->end() && found->role == room::Role::kOwner;
  auto user = people.set_role(user_id, role);
  if (!user || !*user) return user;
  if (was_owner && role != room::Role::kOwner) {
    // They may know it.
    auto void_link = people.passes().put_link({.role = room::Role::kOwner, .code = {}, .uses_left = 0},
                                              token_hash(random_token()));
    if (!void_link) return std::unexpected(void_link.error());
  }
  note(people, actor, act_of(role), (*user)->name, (*user)->id);
  if (role != room::Role::kRemoved) return user;
  const auto told = people.passes().revoke(room::holder_of(room::KnownUser{(*user)->id, role}));
  if (!told) return std::unexpected(told.error());
  return user;
}

Result<void> tell_of_erasure(People& people, const Actor& actor, std::string_view user_id) {
  if (auto told = people.passes().revoke(erased_of(user_id)); !told) return told;
  const auto users = people.users_with_standing();
  if (!users) return std::unexpected(users.error());
  const auto user = std::ranges::find(*users, user_id, &User::id);
  note(people, actor, "messages.erased", user == users->end() ? std::string(user_id) : user->name,
       std::string(user_id));
  return {};
}

Result<wire::Subnet> read_block(std::string_view text) {
  const auto subnet = wire::parse_subnet(text);
  if (!subnet) {
    return fail(Code::kUnprocessable,
                "This is neither an address nor a network; send one as 203.0.113.7 or 203.0.113.0/24.");
  }
  const auto hosts = wire::host_subnet(*subnet);
  if (hosts.contains(wire::IpAddress::loopback()) || hosts.contains(wire::IpAddress::of_ipv4(0x7f000001))) {
    return fail(Code::kUnprocessable, "This is, or has in it, the server's own machine; block another.");
  }
  return hosts;
}

Result<AddressBlock> block_address(People& people, const Actor& actor, const wire::Subnet& subnet) {
  AddressBlock block{
      .id = random_id(), .address = wire::to_string(subnet), .created_milliseconds = actor.now_milliseconds};
  if (auto added = people.blocks().add(block); !added) return std::unexpected(std::move(added.error()));
  note(people, actor, "address.blocked", block.address, block.id);
  if (auto told = people.passes().revoke(kRulesHolder); !told) return std::unexpected(told.error());
  return block;
}

Result<bool> unblock_address(People& people, const Actor& actor, std::string AddressBlock::* by,
                             std::string_view value) {
  const auto blocks = people.blocks().all();
  if (!blocks) return std::unexpected(blocks.error());
  const auto block = std::ranges::find(*blocks, value, by);
  if (block == blocks->end()) return false;
  auto removed = people.blocks().remove(block->address);
  if (!removed || !*removed) return removed;
  note(people, actor, "address.unblocked", block->address, block->id);
  if (auto told = people.passes().revoke(kRulesHolder); !told) return std::unexpected(told.error());
  return true;
}

}  // namespace tinychat::journal
