// Commands as bytes, one after the other, to be sent together.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace tinychat::redis {

class Commands {
 public:
  Commands() = default;
  Commands(std::initializer_list<std::string_view> command) { add(command); }

  void add(std::initializer_list<std::string_view> command) { add(std::span(command)); }
  void add(std::span<const std::string_view> command);

  [[nodiscard]] std::string_view bytes() const { return bytes_; }
  // How many replies they have.
  [[nodiscard]] std::size_t count() const { return count_; }
  void clear() {
    bytes_.clear();
    count_ = 0;
  }

 private:
  std::string bytes_;
  std::size_t count_ = 0;
};

}  // namespace tinychat::redis
