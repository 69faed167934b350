// Who asks, and whether they may: from the request's cookie to the user it stands for, or from its token to
// what that is good for.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/call.h"
#include "api/routes.h"
#include "base/result.h"
#include "room/rights.h"

namespace tinychat::api {

// Goes on with the operation if room::decide() allows it, with Call::principal and, as the operation wants
// it, Call::visitor; or answers instead: kUnauthenticated, kForbidden (also: a page of somebody else sent
// this with the user's cookie), and what keeps cookie or token from being looked up, unless nobody needs one
// to read this.
//
// Tokens (`Authorization: Bearer`, for streams also `?access_token=`) count where not everybody may: where
// the door is closed, and for rooms that are private or locked. There they count before a cookie.
void identify(Call&& call, Operation operation);

// Why who asks has not this right, too, in Call::room; nullopt: they have.
[[nodiscard]] std::optional<Error> refuse(const Call& call, room::Right right);

// The value of Set-Cookie that gives the token to a browser; an empty one takes it away.
[[nodiscard]] std::string session_cookie(const Client& client, std::string_view token);

}  // namespace tinychat::api
