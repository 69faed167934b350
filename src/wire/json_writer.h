// JSON strings out of UTF-8 text (RFC 8259, 7). Only strings: what our answers and events look like
// is written out where they are made, with these for the parts that people wrote.
#pragma once

#include <string>
#include <string_view>

namespace tinychat::wire {

// Appends `utf8`, which is valid UTF-8, as a JSON string with its quotes. Escapes `"`, `\`, the C0
// controls, and U+2028 and U+2029 (line ends in older JavaScript); '/' stays as it is. The result is
// one line whatever the text.
void append_json_string(std::string& out, std::string_view utf8);

// The same of the text with `& < > ' " /` written as `&amp; &lt; &gt; &#x27; &quot; &#x2F;`: what a
// page of 2013 puts into its markup as it comes.
void append_html_escaped_json_string(std::string& out, std::string_view utf8);

// Appends `{` or `,`, as `out` is empty or not, and a member whose value is a string.
void append_json_member(std::string& out, std::string_view name, std::string_view value);

}  // namespace tinychat::wire
