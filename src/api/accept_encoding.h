// Which coding of a file a client gets (RFC 9110, 12.5.3).
#pragma once

#include <cstdint>
#include <string_view>

namespace tinychat::api {

enum class Coding : std::uint8_t { kIdentity, kGzip, kBrotli };

// The one of the highest weight in an Accept-Encoding; of equals the smallest: brotli, gzip, identity.
// What was not offered (or `q=0`) is never chosen, but identity if there is nothing else. Nonsense
// counts for nothing.
[[nodiscard]] Coding choose_coding(std::string_view accept_encoding);

}  // namespace tinychat::api
