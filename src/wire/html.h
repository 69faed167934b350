// The six characters that a page of 2013 must not see as they are.
#pragma once

#include <string>
#include <string_view>

namespace tinychat::wire {

// What `&amp; &lt; &gt; &#x27; &quot; &#x2F;` (and `&#39;`) stand for; other references stay as they are.
[[nodiscard]] std::string html_unescape(std::string_view text);

}  // namespace tinychat::wire
