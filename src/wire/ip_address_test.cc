#include "wire/ip_address.h"

#include <gtest/gtest.h>

namespace tinychat::wire::ip_address_test {

IpAddress address(const char* text) { return parse_ip_address(text).value(); }

TEST(IpAddress, KnowsItsTexts) {
  EXPECT_EQ(to_string(address("192.0.2.1")), "192.0.2.1");
  EXPECT_EQ(to_string(address("2001:db8::1")), "2001:db8::1");
  EXPECT_EQ(IpAddress::of_ipv4(0xC0000201), address("192.0.2.1"));
  EXPECT_EQ(to_string(IpAddress::loopback()), "::1");
  EXPECT_EQ(address("::ffff:192.0.2.1"), address("192.0.2.1"));
}

TEST(IpAddress, IsNoOtherText) {
  for (const char* text :
       {"", "localhost", "192.0.2", "192.0.2.256", "1:2:3", "fe80::1%eth0", "[::1]", " ::1"}) {
    EXPECT_FALSE(parse_ip_address(text)) << text;
  }
  EXPECT_FALSE(parse_ip_address(std::string_view("::1\0", 4)));
}

TEST(IpAddress, KnowsItsOwnMachine) {
  for (const char* text : {"127.0.0.1", "127.255.0.3", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(is_loopback(address(text))) << text;
  }
  for (const char* text : {"128.0.0.1", "::", "::2", "2001:db8::1", "0.0.0.0"}) {
    EXPECT_FALSE(is_loopback(address(text))) << text;
  }
}

TEST(IpAddress, AHostIsAnIpv4AddressOrAnIpv6Network) {
  EXPECT_NE(host_key(address("192.0.2.1")), host_key(address("192.0.2.2")));
  EXPECT_EQ(host_key(address("2001:db8::1")), host_key(address("2001:db8::ffff:2")));
  EXPECT_NE(host_key(address("2001:db8::1")), host_key(address("2001:db8:0:1::1")));
  EXPECT_NE(host_key(address("::1")), host_key(address("192.0.2.1")));
}

TEST(Subnet, ContainsWhatSharesItsPrefix) {
  const auto has = [](const char* subnet, const char* text) {
    return parse_subnet(subnet).value().contains(address(text));
  };
  EXPECT_TRUE(has("10.0.0.0/8", "10.255.0.1"));
  EXPECT_FALSE(has("10.0.0.0/8", "11.0.0.1"));
  EXPECT_TRUE(has("192.0.2.128/25", "192.0.2.200"));
  EXPECT_FALSE(has("192.0.2.128/25", "192.0.2.100"));
  EXPECT_TRUE(has("192.0.2.1", "192.0.2.1"));
  EXPECT_FALSE(has("192.0.2.1", "192.0.2.2"));
  EXPECT_TRUE(has("fd00::/8", "fd12::1"));
  EXPECT_FALSE(has("fd00::/8", "fe12::1"));
  EXPECT_TRUE(has("0.0.0.0/0", "203.0.113.9"));
  EXPECT_FALSE(has("0.0.0.0/0", "2001:db8::1"));
  EXPECT_TRUE(has("::/0", "203.0.113.9"));
}

TEST(Subnet, IsNoOtherText) {
  for (const char* text :
       {"", "/8", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/8x", "ten/8"}) {
    EXPECT_FALSE(parse_subnet(text)) << text;
  }
}

}  // namespace tinychat::wire::ip_address_test
