// What a thread leaves behind of what it has worked on: in its vector registers and on its stack.
//
// Memory that was given back is wiped (wiping_heap.h); these are given back to nobody.
#pragma once

namespace crypto {

// Before a thread waits for somebody else. It keeps its registers for as long as it waits, and a
// dump of the process has them though all memory be left out of it: a token that was last copied 32
// bytes at a time is in one.
void clear_vector_registers() noexcept;

// Once a thread is done with a task: overwrites the stack below its caller, as far as calls reach.
void clear_stack_below() noexcept;

}  // namespace crypto
