#include "app/door_commands.h"

#include <filesystem>
#include <string_view>
#include <utility>

#include "app/door.h"
#include "journal/acts.h"
#include "journal/redis_journal.h"
#include "journal/sqlite_file.h"
#include "journal/sqlite_people.h"
#include "room/pass_terms.h"
#include "room/rights.h"
#include "wire/time_text.h"

namespace tinychat::app {
namespace {

Result<CommandOutcome> said(std::string text) { return CommandOutcome{.text = std::move(text)}; }

// The storage speaks to itself in its log; here it is the answer.
std::unexpected<Error> usage(Error error) { return fail(Code::kUsage, std::move(error.detail)); }

// Of what somebody wrote.
std::unexpected<Error> usage(std::string_view option, const Error& error) {
  return fail(Code::kUsage, std::string(option) + ": " + error.detail);
}

// 0: it has none.
Result<std::uint64_t> read_expiry(const DoorCommand& command, const Clock& clock) {
  if (!command.expires_days) return 0;
  auto expiry = room::expiry_after(*command.expires_days, clock.utc_milliseconds());
  if (!expiry) return usage("--expires", expiry.error());
  return expiry;
}

std::string until(std::uint64_t milliseconds) {
  return milliseconds == 0 ? "for ever" : "until " + wire::rfc3339(milliseconds);
}

std::string url_of(const DoorRequest& request, std::string_view code) {
  const auto& options = request.options;
  return address_for_others(options.host, options.port) + "/join/" + std::string(code);
}

// --- Links -------------------------------------------------------------------------------------

Result<CommandOutcome> join_link(const DoorRequest& request, journal::People& people, const Clock& clock) {
  const auto& command = request.command;
  auto link = people.passes().find_link(room::Role::kMember);
  if (!link) return usage(link.error());
  if (command.is_new || !*link) {
    const auto expiry = read_expiry(command, clock);
    if (!expiry) return std::unexpected(expiry.error());
    journal::Link fresh{.role = room::Role::kMember,
                        .code = {},
                        .expires_milliseconds = *expiry,
                        .uses_left = command.uses > 0 ? command.uses : journal::Link::kAnyNumber};
    auto made = journal::make_link(people, command_line(clock), std::move(fresh));
    if (!made) return usage(made.error());
    *link = std::move(made->link);
  } else if (command.expires_days || command.uses > 0) {
    return fail(Code::kUsage,
                "--expires and --uses are for a new link; add --new to replace the one there is");
  }
  const auto& now = **link;
  if (!now.is_good(clock.utc_milliseconds())) {
    return fail(Code::kUsage,
                "the join link lets nobody in any more: it has expired, or was used as often as it may be; "
                "`tinychat join-link --new` makes another");
  }
  return said(url_of(request, now.code) + "\nIt lets in whoever opens it, " +
              until(now.expires_milliseconds) +
              (now.uses_left < 0 ? "" : ", " + std::to_string(now.uses_left) + " times more") +
              ".\nIf people reach the server at another address, put that in front of /join/.\n");
}

Result<CommandOutcome> owner_link(const DoorRequest& request, journal::People& people, const Clock& clock) {
  const auto made = journal::make_link(people, command_line(clock),
                                       {.role = room::Role::kOwner, .code = {}, .uses_left = 1});
  if (!made) return usage(made.error());
  return said(
      url_of(request, made->code) +
      "\nIt makes the browser that opens it first an owner. It is shown this once, and replaces the one "
      "before.\n");
}

// --- Tokens ------------------------------------------------------------------------------------

std::string scopes_text(const room::Grant& grant) {
  std::string text;
  for (const auto& [name, scope] : room::kScopes) {
    if (!grant.allows(scope)) continue;
    text += (text.empty() ? "" : ",") + std::string(name);
  }
  return text;
}

std::string rooms_text(const room::Grant& grant) {
  if (grant.rooms.empty()) return "every room";
  std::string text;
  for (const auto& room : grant.rooms) text += (text.empty() ? "" : ",") + room;
  return text;
}

Result<room::Grant> read_grant(const DoorCommand& command) {
  const auto scopes = room::scopes_of(command.can);
  if (!scopes) return usage("--can", scopes.error());
  const auto valid = room::check_room_rules(command.rooms);
  if (!valid) return usage("--room", valid.error());
  return room::Grant{.scopes = *scopes, .rooms = command.rooms};
}

Result<CommandOutcome> create_token(const DoorRequest& request, journal::People& people, const Clock& clock) {
  const auto& command = request.command;
  auto grant = read_grant(command);
  if (!grant) return std::unexpected(grant.error());
  const auto expiry = read_expiry(command, clock);
  if (!expiry) return std::unexpected(expiry.error());
  const auto made = journal::make_token(
      people, command_line(clock),
      {.id = {}, .name = command.name, .grant = std::move(*grant), .expires_milliseconds = *expiry});
  if (!made) return usage(made.error());
  const auto& token = made->token;
  return said(made->secret + "\nIt is shown this once. It can " + scopes_text(token.grant) + " in " +
              rooms_text(token.grant) + ", " + until(token.expires_milliseconds) +
              "; send it as `Authorization: Bearer <token>`.\n");
}

Result<CommandOutcome> list_tokens(journal::People& people) {
  const auto tokens = people.passes().tokens();
  if (!tokens) return usage(tokens.error());
  std::string text;
  for (const auto& token : *tokens) {
    text += token.name + ": can " + scopes_text(token.grant) + " in " + rooms_text(token.grant) + ", " +
            until(token.expires_milliseconds) + ", " +
            (token.used_milliseconds == 0 ? std::string("not used yet")
                                          : "last used " + wire::rfc3339(token.used_milliseconds)) +
            "\n";
  }
  return said(text.empty() ? "There are no tokens.\n" : std::move(text));
}

Result<CommandOutcome> revoke_token(const DoorRequest& request, journal::People& people, const Clock& clock) {
  const auto revoked =
      journal::revoke_token(people, command_line(clock), &journal::AccessToken::name, request.command.name);
  if (!revoked) return usage(revoked.error());
  if (!*revoked) {
    return fail(Code::kUsage, "there is no token of the name " + request.command.name +
                                  "; `tinychat token list` lists those there are");
  }
  return said(request.command.name + " lets nobody in any more; its streams end within seconds.\n");
}

// --- People ------------------------------------------------------------------------------------

Result<CommandOutcome> list_people(journal::People& people) {
  const auto users = people.users_with_standing();
  if (!users) return usage(users.error());
  std::string text;
  for (const auto& user : *users) {
    text += user.id + "  " + std::string(room::name_of(user.role)) + "  " + user.name + "\n";
  }
  return said(text.empty() ? "Nobody has been let in yet.\n" : std::move(text));
}

Result<CommandOutcome> remove_person(const DoorRequest& request, journal::People& people,
                                     const Clock& clock) {
  const auto removed =
      journal::change_role(people, command_line(clock), request.command.name, room::Role::kRemoved);
  if (!removed) return usage(removed.error());
  if (!*removed) {
    return fail(Code::kUsage, "there is nobody of the id " + request.command.name +
                                  "; `tinychat people list` lists who is in");
  }
  return said((*removed)->name +
              " is out; what they have open ends within seconds. Whoever has the join link can come in as "
              "somebody new: `tinychat join-link --new` replaces it.\n");
}

// --- Addresses ---------------------------------------------------------------------------------

Result<CommandOutcome> list_blocks(journal::People& people) {
  const auto blocks = people.blocks().all();
  if (!blocks) return usage(blocks.error());
  std::string text;
  for (const auto& block : *blocks) {
    text += block.address + ", since " + wire::rfc3339(block.created_milliseconds) + "\n";
  }
  return said(text.empty() ? "No address is blocked.\n" : std::move(text));
}

Result<CommandOutcome> block(const DoorRequest& request, journal::People& people, const Clock& clock) {
  const auto subnet = journal::read_block(request.command.name);
  if (!subnet) return usage(subnet.error());
  const auto made = journal::block_address(people, command_line(clock), *subnet);
  if (!made) return usage(made.error());
  return said(made->address + " is refused; what it has open ends within seconds.\n");
}

Result<CommandOutcome> unblock(const DoorRequest& request, journal::People& people, const Clock& clock) {
  const auto subnet = journal::read_block(request.command.name);
  if (!subnet) return usage(subnet.error());
  const auto address = wire::to_string(*subnet);
  const auto removed =
      journal::unblock_address(people, command_line(clock), &journal::AddressBlock::address, address);
  if (!removed) return usage(removed.error());
  if (!*removed) {
    return fail(Code::kUsage,
                address + " is not blocked; `tinychat block list` lists the addresses that are");
  }
  return said(address + " is no longer refused.\n");
}

}  // namespace

Result<CommandOutcome> run(const DoorRequest& request, journal::People& people, const Clock& clock) {
  using enum DoorCommand::Kind;
  switch (request.command.kind) {
    case kJoinLink: return join_link(request, people, clock);
    case kOwnerLink: return owner_link(request, people, clock);
    case kTokenCreate: return create_token(request, people, clock);
    case kTokenList: return list_tokens(people);
    case kTokenRevoke: return revoke_token(request, people, clock);
    case kPeopleList: return list_people(people);
    case kPeopleRemove: return remove_person(request, people, clock);
    case kBlockList: return list_blocks(people);
    case kBlockAdd: return block(request, people, clock);
    case kBlockRemove: return unblock(request, people, clock);
  }
  return CommandOutcome{};
}

Result<CommandOutcome> run(const DoorRequest& request, const Clock& clock) {
  const auto& options = request.options;
  switch (options.journal) {
    case JournalKind::kMemory:
      return fail(
          Code::kUsage,
          "what is kept in the memory of a server cannot be reached from outside; leave out --journal "
          "memory there and here");
    case JournalKind::kRedis: {
      auto engine = journal::open_redis_engine({.endpoint = options.redis,
                                                .prefix = options.redis_prefix,
                                                .retention = options.retention,
                                                .next_id = {}});
      if (!engine) return std::unexpected(engine.error());
      return run(request, *engine->people, clock);
    }
    case JournalKind::kSqlite: break;
  }
  const auto file = journal::file_in(options.data);
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) {
    return fail(Code::kUsage, "there is no " + file.string() +
                                  "; start the server once, or say with --data where its messages are");
  }
  return run(request, *journal::open_sqlite_people(options.data), clock);
}

}  // namespace tinychat::app
