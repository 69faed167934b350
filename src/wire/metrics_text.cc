#include "wire/metrics_text.h"

#include <array>
#include <charconv>
#include <cmath>

namespace tinychat::wire {
namespace {

std::string_view name_of(MetricsText::Kind kind) {
  switch (kind) {
    case MetricsText::Kind::kCounter: return "counter";
    case MetricsText::Kind::kGauge: return "gauge";
    case MetricsText::Kind::kHistogram: return "histogram";
  }
  return "untyped";
}

void append_escaped(std::string& out, std::string_view text, bool is_label) {
  for (const char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '"' && is_label) {
      out += "\\\"";
    } else {
      out += c;
    }
  }
}

std::string text_of(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return {digits.data(), end};
}

}  // namespace

void MetricsText::family(std::string_view name, Kind kind, std::string_view help) {
  name_ = name;
  text_.append("# HELP ").append(name).append(" ");
  append_escaped(text_, help, false);
  text_.append("\n# TYPE ").append(name).append(" ").append(name_of(kind)).append("\n");
}

void MetricsText::begin_sample(std::string_view suffix, Labels labels) {
  text_.append(name_).append(suffix);
  char before = '{';
  for (const auto& [label, value] : labels) {
    text_ += std::exchange(before, ',');
    text_.append(label).append("=\"");
    append_escaped(text_, value, true);
    text_ += '"';
  }
  text_ += labels.size() > 0 ? "} " : " ";
}

void MetricsText::end_sample(std::uint64_t value) { text_.append(std::to_string(value)).append("\n"); }

void MetricsText::end_sample(double value) { text_.append(text_of(value)).append("\n"); }

void MetricsText::sample(std::uint64_t value, Labels labels) {
  begin_sample("", labels);
  end_sample(value);
}

void MetricsText::sample(double value, Labels labels) {
  begin_sample("", labels);
  end_sample(value);
}

void MetricsText::histogram(std::span<const double> bounds, std::span<const std::uint64_t> counts,
                            double sum) {
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    so_far += counts[i];
    begin_sample("_bucket", {{"le", i < bounds.size() ? text_of(bounds[i]) : "+Inf"}});
    end_sample(so_far);
  }
  begin_sample("_sum", {});
  end_sample(sum);
  begin_sample("_count", {});
  end_sample(so_far);
}

}  // namespace tinychat::wire
