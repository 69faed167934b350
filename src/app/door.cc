#include "app/door.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "net/socket.h"
#include "wire/ip_address.h"

namespace tinychat::app {
namespace {

// The first IPv4 address that is not this machine's own; empty: none.
std::string first_address() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, &::freeifaddrs);
  for (const ifaddrs* one = list; one != nullptr; one = one->ifa_next) {
    if (one->ifa_addr == nullptr || one->ifa_addr->sa_family != AF_INET) continue;
    if ((one->ifa_flags & IFF_UP) == 0 || (one->ifa_flags & IFF_LOOPBACK) != 0) continue;
    std::array<char, INET_ADDRSTRLEN> text{};
    const auto* const address = reinterpret_cast<const sockaddr_in*>(one->ifa_addr);
    if (::inet_ntop(AF_INET, &address->sin_addr, text.data(), text.size()) != nullptr) return text.data();
  }
  return {};
}

}  // namespace

bool is_every_interface(const std::string& host) {
  return host == net::kEveryInterface || host == "0.0.0.0" || host == "::";
}

bool is_own_machine(const std::string& host) {
  if (host == "localhost") return true;
  const auto address = wire::parse_ip_address(host);
  return address && wire::is_loopback(*address);
}

room::Door door_of(const Options& options) {
  if (options.door) return *options.door;
  return is_own_machine(options.host) ? room::Door::kOpen : room::Door::kClosed;
}

journal::Actor command_line(const Clock& clock) {
  return {.id = {}, .name = {}, .now_milliseconds = clock.utc_milliseconds()};
}

Result<Invitation> invite(journal::People& people, const Clock& clock) {
  Invitation invitation;
  auto join = people.passes().find_link(room::Role::kMember);
  if (!join) return std::unexpected(std::move(join.error()));
  if (*join) {
    if ((*join)->is_good(clock.utc_milliseconds())) invitation.join_code = (*join)->code;
  } else {
    auto link = journal::make_link(people, command_line(clock), {.role = room::Role::kMember, .code = {}});
    if (!link) return std::unexpected(std::move(link.error()));
    invitation.join_code = std::move(link->code);
  }
  const auto owner = people.passes().find_link(room::Role::kOwner);
  if (!owner) return std::unexpected(owner.error());
  if (*owner) return invitation;
  auto link = journal::make_link(people, command_line(clock),
                                 {.role = room::Role::kOwner, .code = {}, .uses_left = 1});
  if (!link) return std::unexpected(std::move(link.error()));
  invitation.owner_code = std::move(link->code);
  return invitation;
}

std::string address_for_others(const std::string& host, std::uint16_t port) {
  std::string address = host;
  if (is_every_interface(host)) {
    address = first_address();
    if (address.empty()) address = "127.0.0.1";
  }
  if (address.find(':') != std::string::npos) address = '[' + address + ']';
  return "http://" + address + ':' + std::to_string(port);
}

}  // namespace tinychat::app
