#include "fuzz/support/html_reader.h"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "wire/ascii.h"
#include "wire/utf8.h"

namespace tinychat::fuzz {
namespace {

using Names = std::set<std::string_view>;

// Each element with its attributes.
const std::map<std::string_view, Names>& allowed() {
  static const std::map<std::string_view, Names> elements = {{"p", {}},
                                                             {"strong", {}},
                                                             {"em", {}},
                                                             {"del", {}},
                                                             {"pre", {}},
                                                             {"ul", {}},
                                                             {"li", {}},
                                                             {"h1", {}},
                                                             {"h2", {}},
                                                             {"h3", {}},
                                                             {"h4", {}},
                                                             {"h5", {}},
                                                             {"h6", {}},
                                                             {"blockquote", {}},
                                                             {"br", {}},
                                                             {"hr", {}},
                                                             {"ol", {"start"}},
                                                             {"code", {"class"}},
                                                             {"span", {"class", "data-name"}},
                                                             {"a", {"href", "rel", "target"}}};
  return elements;
}

const Names kEmpty = {"br", "hr"};

// In text and in values everything that could end them is a reference, and each reference is one of ours.
std::optional<std::string> fault_of_text(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (std::string_view("<>\"'").find(text[i]) != std::string_view::npos) return "a bare mark in text";
    if (text[i] == '\0') return "a NUL";
    if (text[i] != '&') continue;
    const auto rest = text.substr(i);
    const bool is_ours = std::ranges::any_of(
        std::initializer_list<std::string_view>{"&amp;", "&lt;", "&gt;", "&quot;", "&#x27;"},
        [&](std::string_view reference) { return rest.starts_with(reference); });
    if (!is_ours) return "a reference that is not ours";
  }
  return std::nullopt;
}

std::optional<std::string> fault_of_value(std::string_view element, std::string_view name,
                                          std::string_view value) {
  if (auto fault = fault_of_text(value)) return fault;
  const auto wrong = [&] { return "the value of " + std::string(name) + ": " + std::string(value); };
  if (name == "href") {
    const auto lower = wire::to_lower(value.substr(0, 8));
    if (!lower.starts_with("http://") && lower != "https://" && !lower.starts_with("mailto:")) return wrong();
    if (std::ranges::any_of(value, [](char byte) { return static_cast<unsigned char>(byte) <= 0x20; })) {
      return wrong();
    }
  }
  if (name == "rel" && value != "noopener nofollow ugc") return wrong();
  if (name == "target" && value != "_blank") return wrong();
  if (name == "start" && (value.empty() || value.size() > 9 || !std::ranges::all_of(value, wire::is_digit))) {
    return wrong();
  }
  if (name == "data-name" && (value.empty() || wire::has_control_characters(value))) return wrong();
  if (name == "class" && element == "span" && value != "mention") return wrong();
  if (name == "class" && element == "code" && !value.starts_with("language-")) return wrong();
  if (name == "class" && value.find_first_of(" \t\r\n\f") != std::string_view::npos) return wrong();
  return std::nullopt;
}

// `tag` without its brackets.
std::optional<std::string> fault_of_begin(std::string_view tag, std::string_view element) {
  const auto known = allowed().find(element);
  if (known == allowed().end()) return "the element " + std::string(element);
  std::set<std::string_view> seen;
  for (auto rest = tag.substr(element.size()); !rest.empty();) {
    const auto equals = rest.find("=\"");
    if (rest.front() != ' ' || equals == std::string_view::npos) return "an attribute that does not parse";
    const auto name = rest.substr(1, equals - 1);
    const auto end = rest.find('"', equals + 2);
    if (end == std::string_view::npos) return "a value without an end";
    if (!known->second.contains(name) || !seen.insert(name).second)
      return "the attribute " + std::string(name);
    if (auto fault = fault_of_value(element, name, rest.substr(equals + 2, end - equals - 2))) return fault;
    rest.remove_prefix(end + 1);
  }
  const bool has_all = element != "a" || seen.size() == 3;
  return has_all ? std::nullopt : std::optional<std::string>("a link without its attributes");
}

}  // namespace

std::optional<std::string> fault_of_html(std::string_view html) {
  if (wire::first_invalid_utf8(html)) return "bytes that are not UTF-8";
  std::vector<std::string_view> open;
  while (!html.empty()) {
    const auto begin = std::min(html.find('<'), html.size());
    if (auto fault = fault_of_text(html.substr(0, begin))) return fault;
    html.remove_prefix(begin);
    if (html.empty()) break;
    const auto end = html.find('>');
    if (end == std::string_view::npos) return "a tag without an end";
    const auto tag = html.substr(1, end - 1);
    html.remove_prefix(end + 1);
    if (tag.starts_with('/')) {
      if (open.empty() || open.back() != tag.substr(1))
        return "the end of what is not open: " + std::string(tag);
      open.pop_back();
      continue;
    }
    const auto element = tag.substr(0, tag.find(' '));
    if (auto fault = fault_of_begin(tag, element)) return fault;
    // Browsers would close the outer one at this place.
    if (element == "a" && std::ranges::find(open, "a") != open.end()) return "a link within a link";
    if (!kEmpty.contains(element)) open.push_back(element);
  }
  if (!open.empty()) return "no end of " + std::string(open.back());
  return std::nullopt;
}

}  // namespace tinychat::fuzz
