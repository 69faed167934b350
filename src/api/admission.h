// Whether a call is within the limits of its client. Each function that says no has answered the call.
#pragma once

#include <string_view>

#include "api/call.h"
#include "api/routes.h"
#include "hub/stream_request.h"

namespace tinychat::api {

// Every call; `operation` is what it is for, if there is such a thing. Whoever wants a stream is told when to
// come back (a browser gives up for good on any answer but 200).
[[nodiscard]] bool admit_request(Call& call, const Operation* operation);

// `user`: the id of who writes, or empty.
[[nodiscard]] bool admit_message(Call& call, std::string_view user, std::string_view room);

[[nodiscard]] bool admit_new_user(Call& call);

// The call came with a cookie, token or link that stands for nobody. (One that is good is let in however many
// of its address were wrong: nobody guesses 256 bits, but many people share an address with a broken
// program.)
[[nodiscard]] bool admit_wrong_secret(Call& call, const Operation& operation);
[[nodiscard]] bool admit_wrong_link(Call& call);

// Gives the stream its place among those of its user. False: they have too many; nothing is answered.
[[nodiscard]] bool take_place_of_user(const Call& call, hub::StreamRequest& stream);

}  // namespace tinychat::api
