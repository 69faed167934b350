// Whether a request that changes something may have been made by a page that the user has no part in.
#pragma once

#include "api/settings.h"
#include "net/http.h"

namespace tinychat::api {

// True: a page of our own sent it, one of an origin that is allowed by name, or no page at all (curl).
// What browsers say is believed: Sec-Fetch-Site, else Origin beside Host. Behind a proxy that ends TLS the
// scheme is not known here, so it does not count.
[[nodiscard]] bool is_from_own_page(const Settings& settings, const net::Request& request);

}  // namespace tinychat::api
