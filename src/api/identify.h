// Who asks: from the request's cookie to the user it stands for.
#pragma once

#include <string>

#include "api/call.h"
#include "api/routes.h"

namespace tinychat::api {

// Goes on with the operation, with Call::visitor as the operation wants it, or answers instead:
// kUnauthenticated, kForbidden (a page of somebody else sent this with the user's cookie), and what keeps the
// cookie from being looked up, unless nobody needs one to read this.
void identify(Call&& call, Operation operation);

// The value of Set-Cookie that gives the token to a browser; an empty one takes it away.
[[nodiscard]] std::string session_cookie(std::string_view token);

}  // namespace tinychat::api
