// The pages that a join link leads to: the one with the button, and what is said instead when the link does
// not let somebody in. They work without scripts, and look like the chat they lead to.
#pragma once

#include <string>

#include "net/http.h"

namespace tinychat::api {

// In the language of the request.
[[nodiscard]] net::Response join_page(const net::Request& request);

// The same problem as a page, where whoever sent the request shows pages to people.
class JoinRefusals {
 public:
  explicit JoinRefusals(const net::Request& request);
  void operator()(net::Response& response) const;

 private:
  bool shows_pages_;
  std::string accept_language_;
};

}  // namespace tinychat::api
