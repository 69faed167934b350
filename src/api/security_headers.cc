#include "api/security_headers.h"

namespace tinychat::api {
namespace {

// A page that shows what strangers write loads nothing from anywhere else and runs nothing inline; markup
// gets into it by the one policy named here (web/src/text/trusted.ts).
constexpr const char* kPagePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types tinychat";
constexpr const char* kDataPolicy = "default-src 'none'; frame-ancestors 'none'";
// What the page never asks for.
constexpr const char* kPermissions =
    "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()";

}  // namespace

void protect(net::Response& response) {
  response.headers.push_back({"X-Content-Type-Options", "nosniff"});
  // Not for requests with CORS, which have rules of their own.
  response.headers.push_back({"Cross-Origin-Resource-Policy", "same-origin"});
}

void protect_data(net::Response& response) {
  response.headers.push_back({"Content-Security-Policy", kDataPolicy});
}

void protect_asset(net::Response& response, bool may_run) {
  // A room's name is in the address.
  response.headers.push_back({"Referrer-Policy", "no-referrer"});
  if (!may_run) return;
  response.headers.push_back({"Content-Security-Policy", kPagePolicy});
  response.headers.push_back({"Cross-Origin-Opener-Policy", "same-origin"});
  response.headers.push_back({"Permissions-Policy", kPermissions});
}

}  // namespace tinychat::api
