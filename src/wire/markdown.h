// What people write, as HTML: Markdown (CommonMark) with the few things that chats add. Everything that
// comes out was written by this program but for text, the targets of links and the names of languages, which
// are escaped: markup in the text stays text.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tinychat::wire {

// `text` is valid UTF-8. nullopt: HTML would show nothing that the text itself does not, or it would take
// more than `bytes_max`.
//
// Links lead to http, https and mailto only; images are links. Lines end where they end in the text. Added to
// CommonMark: bare addresses (`https://…`, `www.…`) are links, `~~gone~~` is struck out, and `@name` or
// `@"any name"` is `<span class="mention" data-name="name">`. Any thread.
[[nodiscard]] std::optional<std::string> render_markdown(std::string_view text, std::size_t bytes_max);

// Whether the text mentions this name, whatever the case of its ASCII letters. For counting: also a mention
// that Markdown would show as code counts.
[[nodiscard]] bool mentions(std::string_view text, std::string_view name);

}  // namespace tinychat::wire
