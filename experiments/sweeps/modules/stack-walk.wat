;; Calls itself to a depth, and there traps or returns: what a trap costs by the depth of the stack that it leaves (harness sweep stacks).
;; Each frame keeps a value across the call, so that none is a tail call, and the result tells that all frames were there.
(module
  (func $descend (export "descend") (param $depth i32) (param $traps i32) (result i32)
    (if (result i32) (i32.eqz (local.get $depth))
      (then
        (if (local.get $traps) (then unreachable))
        (i32.const 0))
      (else
        (i32.add
          (i32.const 1)
          (call $descend (i32.sub (local.get $depth) (i32.const 1)) (local.get $traps)))))))
