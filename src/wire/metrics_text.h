// Prometheus' text format, version 0.0.4: families with their samples, as a page that is scraped.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace tinychat::wire {

inline constexpr std::string_view kMetricsMediaType = "text/plain; version=0.0.4; charset=utf-8";

class MetricsText {
 public:
  enum class Kind : std::uint8_t { kCounter, kGauge, kHistogram };
  // Names as the format wants them; values are any text.
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  // Begins a family; what follows is of it. `name` must outlive the family. `help`: one line.
  void family(std::string_view name, Kind kind, std::string_view help);

  void sample(std::uint64_t value, Labels labels = {});
  void sample(double value, Labels labels = {});

  // `counts`: of each bucket alone, one more than there are bounds; the last is what is above all of them.
  void histogram(std::span<const double> bounds, std::span<const std::uint64_t> counts, double sum);

  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  void begin_sample(std::string_view suffix, Labels labels);
  void end_sample(std::uint64_t value);
  void end_sample(double value);

  std::string_view name_;
  std::string text_;
};

}  // namespace tinychat::wire
