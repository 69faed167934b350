// The words after `tinychat` that ask for something else than a server.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "app/commands.h"

namespace tinychat::app {

class CommandOptions {
 public:
  // Adds them to `cli`, which must not outlive this. They take the options of `cli`, too.
  explicit CommandOptions(CLI::App& cli);
  // The one that was asked for, once `cli` has parsed.
  [[nodiscard]] std::optional<Command> asked(const std::filesystem::path& data) const;
  [[nodiscard]] std::optional<DoorCommand> asked_about_door() const;

 private:
  void add_door(CLI::App& cli);

  Command raw_;
  DoorCommand door_;
  std::vector<std::pair<DoorCommand::Kind, const CLI::App*>> door_words_;
  const CLI::App* check_ = nullptr;
  const CLI::App* backup_ = nullptr;
  const CLI::App* restore_ = nullptr;
};

}  // namespace tinychat::app
