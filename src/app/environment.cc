#include "app/environment.h"

#include <charconv>
#include <cstdlib>

namespace tinychat::app {

std::optional<std::string> take_environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  if (value == nullptr) return std::nullopt;
  std::string text(value);
  ::unsetenv(name);  // NOLINT(concurrency-mt-unsafe)
  if (text.empty()) return std::nullopt;
  return text;
}

std::optional<std::uint64_t> take_environment_number(const char* name) {
  const auto text = take_environment(name);
  if (!text) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return number;
}

}  // namespace tinychat::app
