// The library parses; the HTML is made here, from the tree it gives, so that what can come out is in one
// place to read. Its extensions are not used: those for links and strikethrough change tables of the whole
// process while they parse, which would take a lock. Neither parsing nor rendering recurses.
#include "wire/markdown.h"

#include <cmark-gfm.h>

#include <algorithm>
#include <array>
#include <memory>

#include "wire/ascii.h"
#include "wire/markdown_effort.h"
#include "wire/utf8.h"

namespace tinychat::wire {
namespace {

// What is nested deeper keeps its text and loses its markup.
constexpr int kDepthMax = 20;
constexpr std::size_t kNameBytesMax = 128;
constexpr std::size_t kAddressBytesMax = 2048;

constexpr std::string_view kLinkEnd = R"(" rel="noopener nofollow ugc" target="_blank">)";

// --- Is there anything to render? --------------------------------------------------------------

// A byte that may mean something wherever it stands.
constexpr ByteSet kTextMarks("*_`[<\\&@", false);
// One that may at the beginning of a line.
constexpr ByteSet kLineMarks("#>-+=\t", false);

bool begins_block(std::string_view line) {
  const auto begin = line.find_first_not_of(' ');
  if (begin == std::string_view::npos) return false;
  if (begin >= 4 || kLineMarks.has(line[begin])) return true;
  auto end = begin;
  while (end < line.size() && is_digit(line[end])) ++end;
  return end > begin && end < line.size() && (line[end] == '.' || line[end] == ')');
}

// Most messages are plain, and this is all that they cost.
bool may_hold_markup(std::string_view text) {
  bool is_line_begin = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_line_begin && begins_block(text.substr(i, 16))) return true;
    const char byte = text[i];
    is_line_begin = byte == '\n' || byte == '\r';
    if (kTextMarks.has(byte)) return true;
    if (byte == ':' && text.substr(i).starts_with("://")) return true;
    if (byte == '~' && text.substr(i).starts_with("~~")) return true;
    if ((byte == 'w' || byte == 'W') && i + 4 <= text.size() &&
        equals_ignoring_case(text.substr(i, 4), "www.")) {
      return true;
    }
  }
  return false;
}

// What divides the names of classes in HTML (and a carriage return, which no line holds).
constexpr std::string_view kBlanks = " \t\f\r\n";

// --- Text --------------------------------------------------------------------------------------

void append_escaped(std::string& html, std::string_view text) {
  for (const char byte : text) {
    switch (byte) {
      case '&': html += "&amp;"; break;
      case '<': html += "&lt;"; break;
      case '>': html += "&gt;"; break;
      case '"': html += "&quot;"; break;
      case '\'': html += "&#x27;"; break;
      default: html += byte;
    }
  }
}

bool is_word(char byte) {
  return is_letter(byte) || is_digit(byte) || byte == '_' || static_cast<unsigned char>(byte) >= 0x80;
}

bool has_scheme(std::string_view text, std::string_view scheme) {
  return text.size() > scheme.size() && equals_ignoring_case(text.substr(0, scheme.size()), scheme);
}

bool is_allowed(std::string_view url) {
  return has_scheme(url, "https://") || has_scheme(url, "http://") || has_scheme(url, "mailto:");
}

// Spaces and controls in an address would be up to the browser.
void append_url(std::string& html, std::string_view url) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char byte : url) {
    const auto code = static_cast<unsigned char>(byte);
    if (code > 0x20 && code != 0x7f) {
      append_escaped(html, std::string_view(&byte, 1));
    } else {
      html += '%';
      html += kDigits[code >> 4U];
      html += kDigits[code & 0xfU];
    }
  }
}

// How much of `text`, which begins with an address, belongs to it: not the punctuation behind it, nor a
// bracket that was opened before it.
std::size_t address_bytes(std::string_view text) {
  auto address = text.substr(0, std::min(text.find_first_of(" \t\r\n<>\""), kAddressBytesMax));
  auto surplus = std::ranges::count(address, ')') - std::ranges::count(address, '(');
  while (!address.empty()) {
    const char last = address.back();
    const bool is_closing = last == ')' && surplus-- > 0;
    if (!is_closing && std::string_view("?!.,:;*_~'").find(last) == std::string_view::npos) break;
    address.remove_suffix(1);
  }
  return address.size();
}

// The address that begins `text`, if one does.
std::string_view find_address(std::string_view text) {
  for (const std::string_view begin : {"https://", "http://", "www."}) {
    if (has_scheme(text, begin) && is_word(text[begin.size()])) return text.substr(0, address_bytes(text));
  }
  return {};
}

// What stands at `at` is no part of a word, nor of an address of mail.
bool begins_word(std::string_view text, std::size_t at) {
  if (at == 0) return true;
  const char before = text[at - 1];
  return !is_word(before) && (text[at] != '@' || before != '.');
}

struct Mention {
  std::string_view name;
  std::size_t bytes = 0;  // with what is around it; 0: none
};

// Nobody's name holds a control character, which here may also come from a reference (`&NewLine;`).
bool can_be_a_name(std::string_view name) {
  return !name.empty() && name.size() <= kNameBytesMax && !has_control_characters(name);
}

// `text` begins with '@'.
Mention find_mention(std::string_view text) {
  const auto rest = text.substr(1, kNameBytesMax + 2);
  const bool is_quoted = rest.starts_with('"');
  std::size_t end = is_quoted ? rest.find('"', 1) : 0;
  if (is_quoted) {
    if (end == std::string_view::npos) return {};
  } else {
    while (end < rest.size() && (is_word(rest[end]) || rest[end] == '.' || rest[end] == '-')) ++end;
    while (end > 0 && (rest[end - 1] == '.' || rest[end - 1] == '-')) --end;
  }
  const auto name = is_quoted ? rest.substr(1, end - 1) : rest.substr(0, end);
  if (!can_be_a_name(name)) return {};
  return {.name = name, .bytes = name.size() + (is_quoted ? 3U : 1U)};
}

// --- Rendering ---------------------------------------------------------------------------------

class Renderer {
 public:
  explicit Renderer(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // False: it became too long.
  bool render(cmark_node* document);
  [[nodiscard]] std::string& html() { return html_; }
  // What is shown if nothing but text was.
  [[nodiscard]] const std::string& plain() const { return plain_; }
  [[nodiscard]] bool has_markup() const { return has_markup_; }

 private:
  void visit(cmark_node* node, bool is_entering);
  void container(bool is_entering, std::string_view open, std::string_view close);
  void block(cmark_node* node, bool is_entering);
  void paragraph(cmark_node* node, bool is_entering);
  void list(cmark_node* node, bool is_entering);
  void heading(cmark_node* node, bool is_entering);
  void code_block(cmark_node* node);
  void raw_block(std::string_view text);
  void link(cmark_node* node, bool is_entering);
  void text(std::string_view text);
  void struck_out(std::string_view text);
  void words(std::string_view text);
  void mark(std::string_view open, std::string_view text, std::string_view close);

  const std::size_t bytes_max_;
  std::string html_;
  std::string plain_;
  bool has_markup_ = false;
  int depth_ = 0;  // of elements that are open in the tree
  int links_ = 0;  // of them
};

std::string_view literal(cmark_node* node) {
  const char* const text = cmark_node_get_literal(node);
  return text == nullptr ? std::string_view() : text;
}

bool Renderer::render(cmark_node* document) {
  const std::unique_ptr<cmark_iter, decltype(&cmark_iter_free)> walk(cmark_iter_new(document),
                                                                     &cmark_iter_free);
  for (auto event = cmark_iter_next(walk.get()); event != CMARK_EVENT_DONE;
       event = cmark_iter_next(walk.get())) {
    visit(cmark_iter_get_node(walk.get()), event == CMARK_EVENT_ENTER);
    if (html_.size() > bytes_max_) return false;
  }
  return true;
}

void Renderer::visit(cmark_node* node, bool is_entering) {
  const auto type = cmark_node_get_type(node);
  if (type == CMARK_NODE_TEXT) return text(literal(node));
  if (type == CMARK_NODE_HTML_INLINE) return mark("", literal(node), "");
  if (type == CMARK_NODE_CODE) return mark("<code>", literal(node), "</code>");
  if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK) {
    html_ += "<br>";
    plain_ += '\n';
  } else if (type == CMARK_NODE_EMPH) {
    container(is_entering, "<em>", "</em>");
  } else if (type == CMARK_NODE_STRONG) {
    container(is_entering, "<strong>", "</strong>");
  } else if (type == CMARK_NODE_LINK || type == CMARK_NODE_IMAGE) {
    link(node, is_entering);
  } else {
    block(node, is_entering);
  }
}

void Renderer::block(cmark_node* node, bool is_entering) {
  const auto type = cmark_node_get_type(node);
  if (type == CMARK_NODE_PARAGRAPH) {
    paragraph(node, is_entering);
  } else if (type == CMARK_NODE_BLOCK_QUOTE) {
    container(is_entering, "<blockquote>", "</blockquote>");
  } else if (type == CMARK_NODE_LIST) {
    list(node, is_entering);
  } else if (type == CMARK_NODE_ITEM) {
    container(is_entering, "<li>", "</li>");
  } else if (type == CMARK_NODE_HEADING) {
    heading(node, is_entering);
  } else if (type == CMARK_NODE_CODE_BLOCK) {
    code_block(node);
  } else if (type == CMARK_NODE_THEMATIC_BREAK) {
    mark("<hr>", "", "");
  } else if (type == CMARK_NODE_HTML_BLOCK) {
    raw_block(literal(node));
  }
}

void Renderer::container(bool is_entering, std::string_view open, std::string_view close) {
  has_markup_ = true;
  if (is_entering) {
    if (++depth_ <= kDepthMax) html_ += open;
  } else {
    if (depth_-- <= kDepthMax) html_ += close;
  }
}

void Renderer::mark(std::string_view open, std::string_view text, std::string_view close) {
  has_markup_ = true;
  html_ += open;
  append_escaped(html_, text);
  html_ += close;
}

// The paragraphs of a list without blank lines are no paragraphs.
void Renderer::paragraph(cmark_node* node, bool is_entering) {
  cmark_node* const item = cmark_node_parent(node);
  cmark_node* const list = item == nullptr ? nullptr : cmark_node_parent(item);
  if (list != nullptr && cmark_node_get_type(list) == CMARK_NODE_LIST &&
      cmark_node_get_list_tight(list) != 0) {
    return;
  }
  if (is_entering && !plain_.empty()) plain_ += "\n\n";
  html_ += is_entering ? "<p>" : "</p>";
}

void Renderer::list(cmark_node* node, bool is_entering) {
  if (cmark_node_get_list_type(node) != CMARK_ORDERED_LIST) return container(is_entering, "<ul>", "</ul>");
  const int start = cmark_node_get_list_start(node);
  container(is_entering, start == 1 ? "<ol>" : "<ol start=\"" + std::to_string(start) + "\">", "</ol>");
}

void Renderer::heading(cmark_node* node, bool is_entering) {
  const std::string level = std::to_string(cmark_node_get_heading_level(node));
  container(is_entering, "<h" + level + ">", "</h" + level + ">");
}

void Renderer::code_block(cmark_node* node) {
  const char* const info = cmark_node_get_fence_info(node);
  std::string_view language = info == nullptr ? std::string_view() : info;
  language = language.substr(0, language.find_first_of(kBlanks));
  std::string open = "<pre><code";
  if (!language.empty()) {
    open += " class=\"language-";
    append_escaped(open, language);
    open += '"';
  }
  mark(open + '>', literal(node), "</code></pre>");
}

// Somebody showed markup, or tried to use it: its lines, as they are.
void Renderer::raw_block(std::string_view text) {
  mark("<p>", "", "");
  while (text.ends_with('\n')) text.remove_suffix(1);
  for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    mark("", text.substr(0, end), "<br>");
    text.remove_prefix(end + 1);
  }
  mark("", text, "</p>");
}

// A link within a link is none. An image that says nothing of itself is shown as its address.
void Renderer::link(cmark_node* node, bool is_entering) {
  const char* const target = cmark_node_get_url(node);
  const std::string_view url = target == nullptr ? std::string_view() : target;
  has_markup_ = true;
  if (!is_allowed(url)) return;
  if (!is_entering) {
    if (--links_ == 0) html_ += "</a>";
    return;
  }
  if (links_++ == 0) {
    html_ += "<a href=\"";
    append_url(html_, url);
    html_ += kLinkEnd;
  }
  if (cmark_node_first_child(node) == nullptr) append_escaped(html_, url);
}

// --- Text that the library left as it was ------------------------------------------------------

void Renderer::text(std::string_view text) {
  plain_ += text;
  for (;;) {
    const auto begin = text.find("~~");
    const auto end = begin == std::string_view::npos ? begin : text.find("~~", begin + 3);
    if (end == std::string_view::npos) break;
    const auto inner = text.substr(begin + 2, end - begin - 2);
    if (inner.front() == ' ' || inner.back() == ' ' || inner.front() == '~') {
      words(text.substr(0, begin + 2));
      text.remove_prefix(begin + 2);
      continue;
    }
    words(text.substr(0, begin));
    struck_out(inner);
    text.remove_prefix(end + 2);
  }
  words(text);
}

void Renderer::struck_out(std::string_view text) {
  has_markup_ = true;
  html_ += "<del>";
  words(text);
  html_ += "</del>";
}

// Addresses and names, which begin where no word goes on.
void Renderer::words(std::string_view text) {
  std::size_t done = 0;
  for (std::size_t i = 0; i < text.size() && links_ == 0; ++i) {
    const char byte = text[i];
    if (byte != '@' && byte != 'h' && byte != 'H' && byte != 'w' && byte != 'W') continue;
    if (!begins_word(text, i)) continue;
    const auto rest = text.substr(i);
    if (byte == '@') {
      const auto mention = find_mention(rest);
      if (mention.bytes == 0) continue;
      append_escaped(html_, text.substr(done, i - done));
      html_ += "<span class=\"mention\" data-name=\"";
      append_escaped(html_, mention.name);
      mark("\">@", mention.name, "</span>");
      done = i + mention.bytes;
    } else {
      const auto address = find_address(rest);
      if (address.empty()) continue;
      append_escaped(html_, text.substr(done, i - done));
      html_ += byte == 'w' || byte == 'W' ? "<a href=\"http://" : "<a href=\"";
      append_url(html_, address);
      mark(kLinkEnd, address, "</a>");
      done = i + address.size();
    }
    i = done - 1;
  }
  append_escaped(html_, text.substr(done));
}

bool is_same_but_for_line_ends(std::string_view shown, std::string_view text) {
  if (text.find('\r') == std::string_view::npos) return shown == text;
  std::string with_lf(text);
  std::erase(with_lf, '\r');
  return shown == with_lf;
}

}  // namespace

std::optional<std::string> render_markdown(std::string_view text, std::size_t bytes_max) {
  if (!may_hold_markup(text) || takes_long_as_markdown(text)) return std::nullopt;
  const std::unique_ptr<cmark_node, decltype(&cmark_node_free)> document(
      cmark_parse_document(text.data(), text.size(), CMARK_OPT_DEFAULT), &cmark_node_free);
  cmark_consolidate_text_nodes(document.get());
  Renderer renderer(bytes_max);
  if (!renderer.render(document.get()) || renderer.html().empty()) return std::nullopt;
  if (!renderer.has_markup() && is_same_but_for_line_ends(renderer.plain(), text)) return std::nullopt;
  return std::move(renderer.html());
}

bool mentions(std::string_view text, std::string_view name) {
  for (auto at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    const auto mention = find_mention(text.substr(at));
    if (mention.bytes > 0 && begins_word(text, at) && equals_ignoring_case(mention.name, name)) return true;
  }
  return false;
}

}  // namespace tinychat::wire
