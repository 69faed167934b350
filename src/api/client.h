// Whose requests these are, as an address: the peer's, or what a proxy that is trusted says of it.
#pragma once

#include <span>

#include "net/http.h"
#include "wire/ip_address.h"

namespace tinychat::api {

struct Client {
  wire::IpAddress address;
  // A proxy speaks for it: its connections are not its own. The address is the proxy's where it says nothing
  // that can be understood.
  bool is_forwarded = false;
};

// Behind proxies of `trusted` networks: the last address in X-Forwarded-For that none of them has. What
// stands before it could be anybody's invention.
[[nodiscard]] Client client_of(const net::Request& request, std::span<const wire::Subnet> trusted);

}  // namespace tinychat::api
