// Addresses that are refused, in this process' memory: gone with the process.
#pragma once

#include <memory>

#include "journal/address_blocks.h"

namespace tinychat::journal {

std::unique_ptr<AddressBlocks> make_memory_address_blocks();

}  // namespace tinychat::journal
