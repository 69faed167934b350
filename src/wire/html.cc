#include "wire/html.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tinychat::wire {
namespace {

constexpr std::array<std::pair<std::string_view, char>, 8> kReferences{{{"&amp;", '&'},
                                                                        {"&lt;", '<'},
                                                                        {"&gt;", '>'},
                                                                        {"&#x27;", '\''},
                                                                        {"&#39;", '\''},
                                                                        {"&quot;", '"'},
                                                                        {"&#x2F;", '/'},
                                                                        {"&#x2f;", '/'}}};

}  // namespace

std::string html_unescape(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  while (!text.empty()) {
    const auto reference =
        std::ranges::find_if(kReferences, [&](const auto& one) { return text.starts_with(one.first); });
    if (reference == kReferences.end()) {
      plain += text.front();
      text.remove_prefix(1);
    } else {
      plain += reference->second;
      text.remove_prefix(reference->first.size());
    }
  }
  return plain;
}

}  // namespace tinychat::wire
