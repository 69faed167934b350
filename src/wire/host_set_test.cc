#include "wire/host_set.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tinychat::wire::host_set_test {

HostSet set_of(const std::vector<std::string>& subnets) {
  std::vector<Subnet> all;
  all.reserve(subnets.size());
  for (const auto& subnet : subnets) all.push_back(*parse_subnet(subnet));
  return HostSet(all);
}

bool has(const HostSet& set, const std::string& address) {
  return set.contains(host_key(*parse_ip_address(address)));
}

TEST(HostSet, HasTheHostsOfItsSubnets) {
  EXPECT_TRUE(HostSet().is_empty());
  EXPECT_FALSE(has(HostSet(), "203.0.113.7"));
  const auto set = set_of(
      {"203.0.113.7", "10.1.2.3/8", "198.51.100.128/25", "2001:db8::7", "fd00::/8", "2001:db9:0:4::/62"});
  EXPECT_FALSE(set.is_empty());
  for (const char* in : {"203.0.113.7", "10.0.0.0", "10.255.255.255", "198.51.100.128", "198.51.100.255",
                         "2001:db8::7", "2001:db8::ffff:1", "fdff::1", "2001:db9:0:7::1", "2001:db9:0:4::"}) {
    EXPECT_TRUE(has(set, in)) << in;
  }
  for (const char* out :
       {"203.0.113.6", "203.0.113.8", "9.255.255.255", "11.0.0.0", "198.51.100.127", "2001:db8:0:1::7",
        "fe00::1", "fc00::1", "::1", "127.0.0.1", "2001:db9:0:3::1", "2001:db9:0:8::1"}) {
    EXPECT_FALSE(has(set, out)) << out;
  }
}

TEST(HostSet, ItsSubnetsMayOverlap) {
  const auto set = set_of({"10.0.0.5", "10.0.0.0/8", "10.1.0.0/16", "10.0.0.5", "12.0.0.1"});
  EXPECT_TRUE(has(set, "10.0.0.5"));
  EXPECT_TRUE(has(set, "10.255.0.0"));
  EXPECT_TRUE(has(set, "12.0.0.1"));
  EXPECT_FALSE(has(set, "11.0.0.5"));
  for (const char* any : {"0.0.0.0", "255.255.255.255"}) EXPECT_TRUE(has(set_of({"0.0.0.0/0"}), any));
  EXPECT_FALSE(has(set_of({"0.0.0.0/0"}), "2001:db8::1"));
  EXPECT_TRUE(has(set_of({"::/0"}), "2001:db8::1"));
}

TEST(HostSet, SubnetsAreSaidAsTheyCount) {
  const auto said = [](const char* text) { return to_string(host_subnet(*parse_subnet(text))); };
  EXPECT_EQ(said("203.0.113.7"), "203.0.113.7");
  EXPECT_EQ(said("203.0.113.7/32"), "203.0.113.7");
  EXPECT_EQ(said("::ffff:203.0.113.7"), "203.0.113.7");
  EXPECT_EQ(said("203.0.113.7/24"), "203.0.113.0/24");
  EXPECT_EQ(said("203.0.113.255/31"), "203.0.113.254/31");
  EXPECT_EQ(said("0.0.0.0/0"), "0.0.0.0/0");
  EXPECT_EQ(said("2001:db8::7"), "2001:db8::/64");
  EXPECT_EQ(said("2001:db8::7/120"), "2001:db8::/64");
  EXPECT_EQ(said("2001:db8:ffff::7/33"), "2001:db8:8000::/33");
  EXPECT_EQ(said("fd12::/8"), "fd00::/8");
}

}  // namespace tinychat::wire::host_set_test
