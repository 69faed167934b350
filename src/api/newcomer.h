// Somebody new: a user with their first session.
#pragma once

#include <string>

#include "api/call.h"
#include "journal/people.h"

namespace tinychat::api {

struct Newcomer {
  journal::User user;
  journal::Session session;
  std::string token;  // for the cookie; its hash is what is stored
};

// Not stored yet. A guest, by the call's time and browser.
[[nodiscard]] Newcomer make_newcomer(const Call& call, std::string name);

}  // namespace tinychat::api
