#include "api/api_handler.h"

#include <string>
#include <utility>

#include "api/actions.h"
#include "api/admission.h"
#include "api/call.h"
#include "api/cors.h"
#include "api/identify.h"
#include "api/problem.h"
#include "api/routes.h"
#include "api/security_headers.h"
#include "wire/percent.h"
#include "wire/target.h"

namespace tinychat::api {
namespace {

constexpr std::string_view kServerItself = "*";
constexpr std::string_view kAllMethods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

void answer_options(Call& call, std::string_view methods) {
  net::Response response;
  response.status = 204;
  response.headers = preflight_headers(call.settings, methods);
  response.headers.push_back({"Allow", std::string(methods)});
  call.reply.send(std::move(response));
}

void answer_method_not_allowed(Call& call, const Route& route, const Error& error) {
  auto response = problem_response(error);
  response.headers.push_back({"Allow", allowed_methods(route)});
  call.reply.send(std::move(response));
}

// Only what the path held of the parameters is decoded, and only now: an encoded slash is a part of a
// room's name, not of the path's shape.
Result<void> decode_parameters(Call& call, const Match& match) {
  const auto offset_of = [&](std::string_view part) {
    return part.empty() ? 0 : static_cast<std::size_t>(part.data() - call.path.data());
  };
  auto room = wire::percent_decode(match.room, false, offset_of(match.room));
  if (!room) return std::unexpected(std::move(room.error()));
  auto id = wire::percent_decode(match.id, false, offset_of(match.id));
  if (!id) return std::unexpected(std::move(id.error()));
  call.room = std::move(*room);
  call.id = std::move(*id);
  return {};
}

// Whoever watches the server learns nothing by it but that it is there.
bool is_blocked(const Call& call, const std::optional<Match>& match) {
  if (!call.port.is_blocked(call.client.address)) return false;
  if (!match) return true;
  const auto operation = find_operation(*match, call.request.method);
  return !operation || !operation->is_probe;
}

Error blocked() {
  return {Code::kForbidden,
          "Requests from this address are refused; the owner of the server can change that."};
}

void answer_path(Call&& call) {
  const auto match = find_route(call.path);
  if (is_blocked(call, match)) return call.reply.send(blocked());
  if (!match) {
    if (admit_request(call, nullptr)) call.reply.send(no_such_path());
    return;
  }
  const auto operation = find_operation(*match, call.request.method);
  if (!admit_request(call, operation ? &*operation : nullptr)) return;
  if (call.request.method == "OPTIONS") return answer_options(call, allowed_methods(*match->route));
  if (!operation && operation.error().code == Code::kMethodNotAllowed) {
    return answer_method_not_allowed(call, *match->route, operation.error());
  }
  if (!operation) return call.reply.send(operation.error());
  if (const auto decoded = decode_parameters(call, *match); !decoded) return call.reply.send(decoded.error());
  identify(std::move(call), *operation);
}

}  // namespace

Error no_such_path() {
  return {Code::kNotFound, "There is nothing at this path; /openapi.yaml describes those there are."};
}

void ApiHandler::handle(net::Request&& request, net::Responder responder) {
  Reply reply(std::move(responder), cors_headers(settings_, request.header("origin")));
  auto target = wire::parse_target(request.target);
  if (!target) return reply.send(target.error());
  const Client client = client_of(request, settings_.trusted_proxies);
  Call call{.port = port_,
            .settings = settings_,
            .request = std::move(request),
            .client = client,
            .path = std::move(target->path),
            .query = std::move(target->query),
            .room = {},
            .id = {},
            .principal = {},
            .expires_milliseconds = 0,
            .visitor = std::nullopt,
            .reply = std::move(reply)};
  if (call.path != kServerItself) return answer_path(std::move(call));
  if (call.port.is_blocked(call.client.address)) return call.reply.send(blocked());
  if (call.request.method == "OPTIONS") return answer_options(call, kAllMethods);
  call.reply.send(Error{Code::kMalformed, "The target `*` is for OPTIONS; ask for a path."});
}

net::Response ApiHandler::refuse(const Error& error, const wire::Fields& headers) {
  auto response = problem_response(error);
  protect(response);
  for (auto& header : cors_headers(settings_, wire::find(headers, "origin"))) {
    response.headers.push_back(std::move(header));
  }
  return response;
}

}  // namespace tinychat::api
