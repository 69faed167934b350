// A journal's file that is being made and has not its name yet.
#pragma once

#include <filesystem>

namespace tinychat::journal {

// Is gone again, with what SQLite puts beside it, unless it is kept or renamed. Whatever had its name before
// is gone.
class Draft {
 public:
  explicit Draft(std::filesystem::path where);
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  ~Draft();
  [[nodiscard]] const std::filesystem::path& where() const { return path_; }

  // To the disk. Errors: what errno says.
  [[nodiscard]] int sync() const;
  // Never over a file that is there: EEXIST.
  [[nodiscard]] int keep_as(const std::filesystem::path& name) const;

 private:
  const std::filesystem::path path_;
};

// What a backup is called until it is whole: this process' own name for it.
[[nodiscard]] std::filesystem::path part_of(const std::filesystem::path& target);
// Removes from a directory what has such a name of a process that is no more.
void sweep_parts(const std::filesystem::path& directory);

}  // namespace tinychat::journal
