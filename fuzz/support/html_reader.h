// Reads HTML again that the program made of what people wrote, as strictly as nobody else does: whatever is
// not on the lists is said to be wrong. Not a reader of HTML in general.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tinychat::fuzz {

// What is wrong with it: an element, an attribute or the scheme of an address that is not allowed, elements
// that are not closed in their order, a character that would have to be a reference. nullopt: nothing.
[[nodiscard]] std::optional<std::string> fault_of_html(std::string_view html);

}  // namespace tinychat::fuzz
