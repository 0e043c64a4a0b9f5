;; A callee above the size limit
;;
;; What it does: hashes the numbers below `iterations` with a callee of 32 unrolled rounds, called through the table.
;;
;; Why it matters: the site is monomorphic, but the callee has more wire bytes than `inlining.max-size` (500) allows,
;; so that the default configuration makes a call each time. Here inlining has little to win, since the body outweighs
;; the call: the limit is right to keep the code small. Raising it shows how little there is.
(module
  (type $unary (func (param i32) (result i32)))

  (table (export "table") 1 1 funcref)
  (elem (i32.const 0) $hash)

  ;; Each round: h = rotl(h ^ k, r) * 5, with a constant k and a rotation r of its own.
  (func $hash (type $unary) (param $h i32) (result i32)
    (local.set $h (i32.mul (i32.rotl (i32.xor (local.get $h) (i32.const 0x243f6a88)) (i32.const 7)) (i32.const 5)))
    (local.set $h (i32.mul (i32.rotl (i32.xor (local.get $h) (i32.const 0x85a308d3)) (i32.const 11)) (i32.const 5)))
    (local.set $h (i32.mul (i32.rotl (i32.xor (local.get $h) (i32.const 0x13198a2e)) (i32.const 13)) (i32.const 5)))
    (local.set $h (i32.mul (i32.rotl (i32.xor (local.get $h) (i32.const 0x03707344)) (i32.const 17)) (i32.const 5)))
    (local.set $h (i32.mul (i32.rotl (i32.xor (local.get $h) (i32.const 0xa4093822)) (i32.const 7)) (i32.const 5)))
    (local.set $h (i32.mul (i32.rotl (i32.xor (local.get $h) (i32.const 0x299f31d0)) (i32.const 11)) (i32.const 5)))
    (local.set $h (i32.mul (i32.rotl (i32.xor (local.get $h) (i32.const 0x082efa98)) (i32.const 13)) (i32.const 5)))
    (local.set $h (i32.mul (i32.rotl (i32.xor (local.get $h) (i32.const 0xec4e6c89)) (i32.const 17)) (i32.const 5)))
    (local.set $h (i32.mul (i32.rotl (i32.xor (local.get $h) (i32.const 0x452821e6)) (i32.const 7)) (i32.const 5)))
    (local.set $h (i32.mul (i32.rotl (i32.xor (local.get $h) (i32.const 0x38d01377)) (i32.const 11)) (i32.const 5)))
    (local.set $h (i32.mul (i32.rotl (i32.xor (local.get $h) (i32.const 0xbe5466cf)) (i32.const 13)) (i32.const 5)))
    (local.set $h (i32.mul (i32.rotl (i32.xor (local.get $h) (i32.const 0x34e90c6c)) (i32.const 17)) (i32.const 5)))
    (local.set $h (i32.mul (i32.rotl (i32.xor (local.get $h) (i32.const 0xc0ac29b7)) (i32.const 7)) (i32.const 5)))
    (local.set $h (i32.mul (i32.rotl (i32.xor (local.get $h) (i32.const 0xc97c50dd)) (i32.const 11)) (i32.const 5)))
    (local.set $h (i32.mul (i32.rotl (i32.xor (local.get $h) (i32.const 0x3f84d5b5)) (i32.const 13)) (i32.const 5)))
    (local.set $h (i32.mul (i32.rotl (i32.xor (local.get $h) (i32.const 0xb5470917)) (i32.const 17)) (i32.const 5)))
    (local.set $h (i32.mul (i32.rotl (i32.xor (local.get $h) (i32.const 0x9216d5d9)) (i32.const 7)) (i32.const 5)))
    (local.set $h (i32.mul (i32.rotl (i32.xor (local.get $h) (i32.const 0x8979fb1b)) (i32.const 11)) (i32.const 5)))
    (local.set $h (i32.mul (i32.rotl (i32.xor (local.get $h) (i32.const 0xd1310ba6)) (i32.const 13)) (i32.const 5)))
    (local.set $h (i32.mul (i32.rotl (i32.xor (local.get $h) (i32.const 0x98dfb5ac)) (i32.const 17)) (i32.const 5)))
    (local.set $h (i32.mul (i32.rotl (i32.xor (local.get $h) (i32.const 0x2ffd72db)) (i32.const 7)) (i32.const 5)))
    (local.set $h (i32.mul (i32.rotl (i32.xor (local.get $h) (i32.const 0xd01adfb7)) (i32.const 11)) (i32.const 5)))
    (local.set $h (i32.mul (i32.rotl (i32.xor (local.get $h) (i32.const 0xb8e1afed)) (i32.const 13)) (i32.const 5)))
    (local.set $h (i32.mul (i32.rotl (i32.xor (local.get $h) (i32.const 0x6a267e96)) (i32.const 17)) (i32.const 5)))
    (local.set $h (i32.mul (i32.rotl (i32.xor (local.get $h) (i32.const 0x6c9e0ef1)) (i32.const 7)) (i32.const 5)))
    (local.set $h (i32.mul (i32.rotl (i32.xor (local.get $h) (i32.const 0x636920d8)) (i32.const 11)) (i32.const 5)))
    (local.set $h (i32.mul (i32.rotl (i32.xor (local.get $h) (i32.const 0x71574e69)) (i32.const 13)) (i32.const 5)))
    (local.set $h (i32.mul (i32.rotl (i32.xor (local.get $h) (i32.const 0xa458fea3)) (i32.const 17)) (i32.const 5)))
    (local.set $h (i32.mul (i32.rotl (i32.xor (local.get $h) (i32.const 0xf4933d7e)) (i32.const 7)) (i32.const 5)))
    (local.set $h (i32.mul (i32.rotl (i32.xor (local.get $h) (i32.const 0x0d95748f)) (i32.const 11)) (i32.const 5)))
    (local.set $h (i32.mul (i32.rotl (i32.xor (local.get $h) (i32.const 0x728eb658)) (i32.const 13)) (i32.const 5)))
    (local.set $h (i32.mul (i32.rotl (i32.xor (local.get $h) (i32.const 0x718bcd58)) (i32.const 17)) (i32.const 5)))
    (local.get $h))

  (func $main (export "main") (param $iterations i32) (result i32)
    (local $sum i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $iterations)))
        (local.set $sum
          (i32.add
            (local.get $sum)
            (call_indirect (type $unary) (local.get $iterations) (i32.const 0))))
        (local.set $iterations (i32.sub (local.get $iterations) (i32.const 1)))
        (br $next)))
    (local.get $sum)))
