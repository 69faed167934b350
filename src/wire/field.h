// A name with its value: what forms, queries and parameters are lists of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tinychat::wire {

struct Field {
  std::string name;
  std::string value;

  friend bool operator==(const Field&, const Field&) = default;
};

// In the order in which they came; names may come more than once.
using Fields = std::vector<Field>;

// The value of the first field of that name, byte for byte, or null.
[[nodiscard]] inline const std::string* find(const Fields& fields, std::string_view name) {
  for (const Field& field : fields) {
    if (field.name == name) return &field.value;
  }
  return nullptr;
}

}  // namespace tinychat::wire
