#include "wire/json_writer.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace tinychat::wire {
namespace {

// True for bytes that do not simply go over. 0xE2 begins U+2028 and U+2029, and much else.
constexpr std::array<bool, 256> special_bytes(std::string_view more) {
  std::array<bool, 256> table{};
  for (std::size_t byte = 0; byte < 0x20; ++byte) table[byte] = true;
  table['"'] = table['\\'] = table[0xE2] = true;
  for (const char byte : more) table[static_cast<std::uint8_t>(byte)] = true;
  return table;
}

constexpr auto kJsonSpecial = special_bytes("");
constexpr auto kHtmlSpecial = special_bytes("&<>'/");

std::string_view html_entity(char byte) {
  switch (byte) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '\'': return "&#x27;";
    case '"': return "&quot;";
    case '/': return "&#x2F;";
    default: return {};
  }
}

void append_escaped(std::string& out, char byte) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  switch (byte) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    default:
      out += "\\u00";
      out += kDigits[static_cast<std::uint8_t>(byte) >> 4U];
      out += kDigits[static_cast<std::uint8_t>(byte) & 0xFU];
  }
}

template <bool kHtml>
void append_string(std::string& out, std::string_view utf8) {
  constexpr const auto& kSpecial = kHtml ? kHtmlSpecial : kJsonSpecial;
  out.reserve(out.size() + utf8.size() + 2);
  out += '"';
  std::size_t run = 0;  // what has not been copied yet begins here
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const char byte = utf8[i];
    if (!kSpecial[static_cast<std::uint8_t>(byte)]) continue;
    const std::string_view rest = utf8.substr(i);
    if (byte == '\xE2') {
      const bool separator = rest.starts_with("\xE2\x80\xA8") || rest.starts_with("\xE2\x80\xA9");
      if (!separator) continue;
      out.append(utf8, run, i - run).append(rest[2] == '\xA8' ? "\\u2028" : "\\u2029");
      i += 2;
    } else {
      out.append(utf8, run, i - run);
      const auto entity = kHtml ? html_entity(byte) : std::string_view{};
      if (entity.empty()) {
        append_escaped(out, byte);
      } else {
        out += entity;
      }
    }
    run = i + 1;
  }
  out.append(utf8, run).append("\"");
}

}  // namespace

void append_json_string(std::string& out, std::string_view utf8) { append_string<false>(out, utf8); }

void append_html_escaped_json_string(std::string& out, std::string_view utf8) {
  append_string<true>(out, utf8);
}

void append_json_member(std::string& out, std::string_view name, std::string_view value) {
  out += out.empty() ? '{' : ',';
  append_json_string(out, name);
  out += ':';
  append_json_string(out, value);
}

}  // namespace tinychat::wire
