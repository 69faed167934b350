#include "app/command_options.h"

#include "base/limits.h"

namespace tinychat::app {
namespace {

CLI::App* add(CLI::App& cli, const char* name, const char* text) {
  CLI::App* const added = cli.add_subcommand(name, text);
  // --data and --config mean the same as without the word.
  added->fallthrough();
  added->footer("--data DIR (or --config FILE, or TINYCHAT_DATA) says which directory, as for the server.");
  return added;
}

}  // namespace

CommandOptions::CommandOptions(CLI::App& cli) {
  check_ = add(cli, "check", "Say whether the data directory is whole, also of a running server");
  CLI::App* const backup = add(cli, "backup", "Copy what is in the data directory, also of a running server");
  backup->add_option("FILE", raw_.file, "The file to make")->required()->type_name("");
  backup->add_flag("--salvage", raw_.salvages, "Also of damaged ones: whatever can still be read");
  CLI::App* const restore = add(cli, "restore", "Put a backup into the data directory, of no running server");
  restore->add_option("FILE", raw_.file, "A file that `tinychat backup` made")->required()->type_name("");
  restore->add_flag("--replace", raw_.replaces_journal,
                    "Also where there are messages already, which are kept beside it under another name");
  add_door(cli);
  cli.require_subcommand(0, 1);
  backup_ = backup;
  restore_ = restore;
}

// The same words as the server's options say where it is all kept, and where the server listens.
void CommandOptions::add_door(CLI::App& cli) {
  using enum DoorCommand::Kind;
  const auto expires = [&](CLI::App* word) {
    word->add_option("--expires", door_.expires_days, "For how many days it is good (0.5 is 12 hours)")
        ->type_name("DAYS")
        ->default_str("for ever");
  };
  CLI::App* const join = add(cli, "join-link", "Say the link by which people come in, or make another");
  join->add_flag("--new", door_.is_new, "Replace it: the one before lets nobody in any more");
  expires(join);
  join->add_option("--uses", door_.uses, "How many can come in by it")
      ->type_name("N")
      ->check(CLI::Range(std::int64_t{1}, static_cast<std::int64_t>(limits::kLinkUsesMax)).description(""))
      ->default_str("any number");
  CLI::App* const owner = add(cli, "owner-link", "Make a link that makes one browser an owner");

  CLI::App* const token = add(cli, "token", "What programs come in with: create, list, revoke");
  CLI::App* const create = add(*token, "create", "Make one, and show it this once");
  create->add_option("--name", door_.name, "What to call it")->required()->type_name("NAME");
  create
      ->add_option("--room", door_.rooms,
                   "A room it is for, or 'team/*' for all that begin so; may be given more "
                   "than once")
      ->type_name("ROOM")
      ->default_str("every room");
  create
      ->add_option("--can", door_.can,
                   "What it is for: publish, subscribe, read; may be given more than once")
      ->required()
      ->type_name("WHAT")
      ->delimiter(',');
  expires(create);
  CLI::App* const list = add(*token, "list", "Say which there are");
  CLI::App* const revoke = add(*token, "revoke", "Take one back, at once");
  revoke->add_option("NAME", door_.name, "Which")->required()->type_name("");
  token->require_subcommand(1);

  CLI::App* const people = add(cli, "people", "Who was let in: list, remove");
  CLI::App* const everyone = add(*people, "list", "Say who they are");
  CLI::App* const remove = add(*people, "remove", "Send somebody away");
  remove->add_option("ID", door_.name, "Who, as list says it")->required()->type_name("");
  people->require_subcommand(1);

  CLI::App* const block = add(cli, "block", "Which addresses are refused: list, add, remove");
  CLI::App* const blocks = add(*block, "list", "Say which");
  CLI::App* const shut = add(*block, "add", "Refuse whoever comes from an address");
  shut->add_option("ADDRESS", door_.name, "Which, or a network as 203.0.113.0/24")->required()->type_name("");
  CLI::App* const lift = add(*block, "remove", "Refuse them no longer");
  lift->add_option("ADDRESS", door_.name, "Which, as list says it")->required()->type_name("");
  block->require_subcommand(1);
  door_words_ = {{kJoinLink, join},       {kOwnerLink, owner},    {kTokenCreate, create},
                 {kTokenList, list},      {kTokenRevoke, revoke}, {kPeopleList, everyone},
                 {kPeopleRemove, remove}, {kBlockList, blocks},   {kBlockAdd, shut},
                 {kBlockRemove, lift}};
}

std::optional<DoorCommand> CommandOptions::asked_about_door() const {
  for (const auto& [kind, word] : door_words_) {
    if (!word->parsed()) continue;
    DoorCommand command = door_;
    command.kind = kind;
    return command;
  }
  return std::nullopt;
}

std::optional<Command> CommandOptions::asked(const std::filesystem::path& data) const {
  Command command = raw_;
  command.data = data;
  if (check_->parsed()) {
    command.kind = Command::Kind::kCheck;
  } else if (backup_->parsed()) {
    command.kind = Command::Kind::kBackup;
  } else if (restore_->parsed()) {
    command.kind = Command::Kind::kRestore;
  } else {
    return std::nullopt;
  }
  return command;
}

}  // namespace tinychat::app
