#include "app/command_options.h"

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
  cli.require_subcommand(0, 1);
  backup_ = backup;
  restore_ = restore;
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
