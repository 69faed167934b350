#include "api/accept_encoding.h"

#include <optional>

#include "wire/ascii.h"

namespace tinychat::api {
namespace {

// In thousandths: `qvalue` has three decimals.
constexpr int kFullWeight = 1000;

// "0.25" is 250. nullopt: not a weight.
std::optional<int> parse_weight(std::string_view text) {
  if (text.empty() || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  int weight = (text[0] - '0') * kFullWeight;
  text.remove_prefix(1);
  if (text.empty()) return weight;
  if (text[0] != '.' || text.size() > 4) return std::nullopt;
  int unit = kFullWeight / 10;
  for (const char digit : text.substr(1)) {
    if (!wire::is_digit(digit)) return std::nullopt;
    weight += (digit - '0') * unit;
    unit /= 10;
  }
  return weight <= kFullWeight ? std::optional(weight) : std::nullopt;
}

// The weight of one element, "gzip;q=0.5".
std::optional<int> weight_of(std::string_view element) {
  const auto semicolon = element.find(';');
  if (semicolon == std::string_view::npos) return kFullWeight;
  const auto parameter = wire::trim(element.substr(semicolon + 1));
  if (parameter.size() < 2 || !wire::equals_ignoring_case(parameter.substr(0, 2), "q=")) return std::nullopt;
  return parse_weight(parameter.substr(2));
}

struct Weights {
  std::optional<int> brotli, gzip, identity, others;
};

std::optional<int>* slot_of(Weights& weights, std::string_view coding) {
  if (wire::equals_ignoring_case(coding, "br")) return &weights.brotli;
  if (wire::equals_ignoring_case(coding, "gzip")) return &weights.gzip;
  if (wire::equals_ignoring_case(coding, "x-gzip")) return &weights.gzip;
  if (wire::equals_ignoring_case(coding, "identity")) return &weights.identity;
  if (coding == "*") return &weights.others;
  return nullptr;
}

Weights read_weights(std::string_view list) {
  Weights weights;
  while (!list.empty()) {
    const auto element = list.substr(0, list.find(','));
    list.remove_prefix(element.size() == list.size() ? list.size() : element.size() + 1);
    std::optional<int>* const slot = slot_of(weights, wire::trim(element.substr(0, element.find(';'))));
    if (slot == nullptr) continue;
    if (const auto weight = weight_of(element)) *slot = weight;
  }
  return weights;
}

}  // namespace

Coding choose_coding(std::string_view accept_encoding) {
  const Weights weights = read_weights(accept_encoding);
  const int others = weights.others.value_or(0);
  const int brotli = weights.brotli.value_or(others);
  const int gzip = weights.gzip.value_or(others);
  // Identity needs no mention, but whoever mentions another coding prefers that.
  const int identity = weights.identity.value_or(weights.others.value_or(1));
  if (brotli > 0 && brotli >= gzip && brotli >= identity) return Coding::kBrotli;
  if (gzip > 0 && gzip >= identity) return Coding::kGzip;
  return Coding::kIdentity;
}

}  // namespace tinychat::api
