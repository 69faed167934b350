#include "app/commands.h"

#include <system_error>

#include "journal/sqlite_backup.h"
#include "journal/sqlite_check.h"
#include "journal/sqlite_file.h"

namespace tinychat::app {
namespace {

std::string counted(std::int64_t number, const std::string& one) {
  return std::to_string(number) + ' ' + one + (number == 1 ? "" : "s");
}

std::string contents(const journal::CheckReport& report) {
  return counted(report.events, "message") + " in " + counted(report.rooms, "room") + ", " +
         counted(report.users, "user");
}

Result<CommandOutcome> check(const Command& command) {
  const auto file = journal::file_in(command.data);
  const auto report = journal::check_sqlite_file(file);
  if (!report) return std::unexpected(report.error());
  const std::string name = file.string();
  CommandOutcome outcome;
  if (!report->doubt.empty()) outcome.text += "note: " + report->doubt + "\n";
  if (report->problems.empty()) {
    outcome.text += name + " is whole: format " + std::to_string(report->format) + ", " + contents(*report) +
                    (report->events > 0 ? ", the newest message is " + to_string(report->newest) : "") + "\n";
    return outcome;
  }
  outcome.is_well = false;
  for (const auto& problem : report->problems) outcome.text += problem + "\n";
  const std::string data = command.data.string();
  outcome.text += name + " is damaged; stop the server, then put a backup in its place:\n" +
                  "  tinychat restore FILE --replace --data " + data + "\n" +
                  "or save what is left of it, and put that in its place:\n" +
                  "  tinychat backup FILE --salvage --data " + data + "\n";
  return outcome;
}

Result<CommandOutcome> back_up(const Command& command, const Clock& clock) {
  const auto report =
      journal::back_up(command.data, command.file, clock,
                       command.salvages ? journal::Source::kDamaged : journal::Source::kWhole);
  if (!report) return std::unexpected(report.error());
  std::string text = command.file.string() + " has " + contents(*report) + ", checked and on the disk\n";
  if (!report->doubt.empty()) text += "note: " + report->doubt + "\n";
  return CommandOutcome{.text = std::move(text)};
}

Result<CommandOutcome> restore(const Command& command, const Clock& clock) {
  std::error_code ignored;
  if (!command.is_data_named && !std::filesystem::exists(command.data, ignored)) {
    return fail(Code::kUsage,
                "there is no " + command.data.string() +
                    " here to restore into; say with --data or --config where the messages are kept");
  }
  const auto restored = journal::restore(command.file, command.data, command.replaces_journal, clock);
  if (!restored) return std::unexpected(restored.error());
  std::string text = journal::file_in(command.data).string() + " has " + contents(restored->report) +
                     " from " + command.file.string() + "\n";
  if (restored->kept) text += "What was there is kept as " + restored->kept->string() + "\n";
  return CommandOutcome{.text = text + "Everyone who comes back is told that the log is another one.\n"};
}

}  // namespace

Result<CommandOutcome> run(const Command& command, const Clock& clock) {
  switch (command.kind) {
    case Command::Kind::kCheck: return check(command);
    case Command::Kind::kBackup: return back_up(command, clock);
    case Command::Kind::kRestore: return restore(command, clock);
  }
  return CommandOutcome{};
}

}  // namespace tinychat::app
