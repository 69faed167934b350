#include "load/arguments.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>

namespace tinychat::bench {

Arguments::Arguments(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.empty()) fail_run("which workload? See load/main.cc");
  workload_ = words.front();
  for (std::size_t i = 1; i < words.size(); i += 2) {
    if (words[i] == "--") {
      command_.assign(words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end());
      return;
    }
    if (!words[i].starts_with("--") || i + 1 == words.size())
      fail_run("\"" + words[i] + "\" is not --name value");
    values_[words[i].substr(2)] = words[i + 1];
  }
}

Target Arguments::target() const {
  const auto kind = values_.find("target");
  if (kind == values_.end()) fail_run("--target is missing");
  return {.kind = kind_of(kind->second),
          .port = static_cast<std::uint16_t>(number("port", 0)),
          .pid = static_cast<int>(number("pid", 0)),
          .room_prefix = "room-",
          .token = text("token")};
}

std::string Arguments::text(const std::string& name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::string() : found->second;
}

std::uint32_t Arguments::number(const std::string& name, std::uint32_t otherwise) const {
  const auto found = values_.find(name);
  if (found == values_.end()) return otherwise;
  const std::string& text = found->second;
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    fail_run("--" + name + " is no number: " + text);
  return value;
}

Nanoseconds Arguments::seconds(const std::string& name, double otherwise) const {
  const auto found = values_.find(name);
  const double value = found == values_.end() ? otherwise : std::atof(found->second.c_str());
  return static_cast<Nanoseconds>(value * static_cast<double>(kSecond));
}

void Report::add(std::string_view name, double value) {
  std::array<char, 32> text;
  const int size = std::snprintf(text.data(), text.size(), "%.6g", value);
  members_ += members_.empty() ? "\"" : ",\"";
  members_.append(name).append("\":").append(text.data(), static_cast<std::size_t>(size));
}

void Report::add(std::string_view name, const Histogram& times) {
  const auto add_one = [&](std::string_view which, Nanoseconds time) {
    add(std::string(name) + std::string(which), static_cast<double>(time) / 1e3);
  };
  add_one("_p50_us", times.percentile(0.50));
  add_one("_p99_us", times.percentile(0.99));
  add_one("_max_us", times.max());
}

void Report::print() const { std::printf("{%s}\n", members_.c_str()); }

}  // namespace tinychat::bench
