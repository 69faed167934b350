// What the Markdown library would take long for. It parses most texts in time that grows with their length;
// some it walks through again and again, and one thread renders what all users write. Nobody who means a
// message writes these, so such a text is not parsed at all: it stays text.
#pragma once

#include <string_view>

namespace tinychat::wire {

// A single look at each byte.
[[nodiscard]] bool takes_long_as_markdown(std::string_view text);

}  // namespace tinychat::wire
