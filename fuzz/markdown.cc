// What people write, as HTML: nothing but what is on the lists, closed and nested, within its bound, and in
// an effort that is bounded, too.
#include "wire/markdown.h"

#include "base/limits.h"
#include "fuzz/support/check.h"
#include "fuzz/support/html_reader.h"
#include "wire/utf8.h"

namespace tinychat::fuzz {
namespace {

void look_at(std::string_view input) {
  if (wire::first_invalid_utf8(input)) return;  // was refused before
  const auto html = wire::render_markdown(input, limits::kHtmlBytesMax);
  if (html) {
    expect(!html->empty() && html->size() <= limits::kHtmlBytesMax, "HTML within its bound");
    if (const auto fault = fault_of_html(*html)) {
      expect(false, "only what is allowed, got " + *fault + " in " + *html);
    }
    expect(wire::render_markdown(input, limits::kHtmlBytesMax) == html, "the same twice");
    expect(wire::render_markdown(input, html->size()) == html, "no HTML to be lost at its own size");
    expect(!wire::render_markdown(input, html->size() - 1), "a bound that holds");
  }
  Dice dice(input);
  const auto name = input.substr(0, dice.below(20));
  if (wire::mentions(input, name)) {
    expect(!name.empty() && input.find('@') != std::string_view::npos, "a mention of somebody");
  }
}

}  // namespace
}  // namespace tinychat::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tinychat::fuzz::look_at(tinychat::fuzz::text_of(data, size));
  return 0;
}
