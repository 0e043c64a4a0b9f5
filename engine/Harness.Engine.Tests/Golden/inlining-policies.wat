;; test: inlining function=root
;; test: inlining function=root inlining.policy=jsc
;; test: inlining function=root inlining.policy=spidermonkey
;; test: inlining function=root inlining.policy=separate-budgets
;; test: inlining function=root inlining.policy=benefit
;; test: inlining function=root inlining.policy=incremental
;; test: inlining function=root inlining.policy=learned
;; test: inlining function=passOn
;; test: inlining function=passOn inlining.policy=separate-budgets
;; test: inlining function=passOn inlining.policy=benefit
;; test: inlining function=passOn inlining.policy=incremental
;; test: inlining function=root inlining.policy=benefit polymorphism-share=0.3 deopt.min-calls=20000
;; test: inlining function=root inlining.policy=benefit inlining.benefit.deopt-cycles=100000
;; feedback: passOn -> 1000 20000
;; feedback: passOn@0 -> 1000
;; feedback: root -> 1000 2000000
;; feedback: root@0 -> $get:16000
;; feedback: root@1 -> $get:12000 $getReversed:4000
;; feedback: root@2 -> 16000
;; feedback: root@3 -> 16000
;; feedback: root@4 -> 16000
;; feedback: root@5 -> 1
;; feedback: root@6 -> 1000
;; feedback: getReversed -> 4000
;; feedback: getReversed@0 -> 4000
;; feedback: checksum -> 1000 30000000
;; feedback: checksum@0 -> 1000000
;;
;; What the policies make of the same calls: in a loop an accessor at a site with one target and at one with two, a call with a constant,
;; an object that is made and used up at once; a call that is hardly ever made, and one of a function that runs long.
(module
  (type $values (array (mut i32)))
  (type $box (struct (field $values (ref $values))))
  (type $access (func (param (ref null $box) i32) (result i32)))
  (type $pair (struct (field $a i32) (field $b i32)))
  (table 4 (ref null $access))
  (func $get (type $access)
    (array.get $values (struct.get $box $values (local.get 0)) (local.get 1)))
  (func $getReversed (type $access)
    (array.get $values (struct.get $box $values (local.get 0)) (call $fromEnd (local.get 0) (local.get 1))))
  (func $fromEnd (param $b (ref null $box)) (param $i i32) (result i32)
    (i32.sub (i32.sub (array.len (struct.get $box $values (local.get $b))) (i32.const 1)) (local.get $i)))
  (func $clamp (param $x i32) (param $mode i32) (result i32)
    (if (result i32) (i32.eqz (local.get $mode))
      (then (select (local.get $x) (i32.const 0) (i32.gt_s (local.get $x) (i32.const 0))))
      (else
        (if (result i32) (i32.eq (local.get $mode) (i32.const 1))
          (then (i32.and (local.get $x) (i32.const 255)))
          (else (unreachable))))))
  (func $makePair (param i32 i32) (result (ref $pair)) (struct.new $pair (local.get 0) (local.get 1)))
  (func $norm (param $p (ref $pair)) (result i32)
    (i32.add
      (i32.mul (struct.get $pair $a (local.get $p)) (struct.get $pair $a (local.get $p)))
      (i32.mul (struct.get $pair $b (local.get $p)) (struct.get $pair $b (local.get $p)))))
  (func $report (param $x i32) (result i32)
    (i32.xor
      (i32.mul (i32.add (local.get $x) (i32.const 1000)) (i32.const 77777))
      (i32.rotl (i32.mul (i32.add (local.get $x) (i32.const 2000)) (i32.const 88888)) (local.get $x))))
  (func $step (param $x i32) (result i32) (i32.rotl (i32.mul (local.get $x) (i32.const 16777619)) (i32.const 5)))
  (func $checksum (param $x i32) (result i32)
    (local $i i32)
    (local.set $i (i32.const 1000))
    (loop $next
      (local.set $x (call $step (local.get $x)))
      (br_if $next (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
    (local.get $x))
  (func $root (param $b (ref null $box)) (param $n i32) (result i32)
    (local $i i32)
    (local $sum i32)
    (loop $next
      (local.set $sum
        (i32.add
          (call_indirect (type $access) (local.get $b) (local.get $i) (i32.const 0))
          (call_indirect (type $access) (local.get $b) (local.get $i) (i32.and (local.get $i) (i32.const 1)))))
      (local.set $sum (call $clamp (local.get $sum) (i32.const 1)))
      (local.set $sum (call $norm (call $makePair (local.get $sum) (local.get $i))))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
    (if (i32.eqz (local.get $sum)) (then (return (call $report (local.get $n)))))
    (call $checksum (local.get $sum)))
  (func $passOn (param $b (ref null $box)) (param $n i32) (result i32)
    (i32.add (call $root (local.get $b) (local.get $n)) (i32.const 1))))

;;> == inlining function=root
;;> [inlining] into root, 76 wire bytes
;;> [inlining]   0x123: get, Monomorphic, 16000 calls (16), 13 wire bytes: Inlined #2
;;> [inlining]   0x12f: get, Polymorphic, 12000 calls (12), 13 wire bytes: Inlined #3
;;> [inlining]   0x12f: getReversed, Polymorphic, 4000 calls (4), 17 wire bytes: Inlined #6
;;> [inlining]     0x6b: fromEnd, Monomorphic, 4000 calls (4), 16 wire bytes: Inlined #7
;;> [inlining]   0x139: clamp, Monomorphic, 16000 calls (16), 35 wire bytes: Inlined #5
;;> [inlining]   0x141: makePair, Monomorphic, 16000 calls (16), 9 wire bytes: Inlined #1
;;> [inlining]   0x143: norm, Monomorphic, 16000 calls (16), 29 wire bytes: Inlined #4
;;> [inlining]   0x15b: report, Monomorphic, 1 calls (0.001), 28 wire bytes: TooCold
;;> [inlining]   0x161: checksum, Monomorphic, 1000 calls (1), 29 wire bytes: Inlined #8
;;> [inlining]     0x106: step, Monomorphic, 1000000 calls (1000), 13 wire bytes: Inlined #9

;;> == inlining function=root inlining.policy=jsc
;;> [inlining] into root, 76 wire bytes
;;> [inlining]   0x123: get, Monomorphic, 16000 calls (16), 13 wire bytes: Inlined #2
;;> [inlining]   0x12f: get, Polymorphic, 12000 calls (12), 13 wire bytes: Inlined #3
;;> [inlining]   0x12f: getReversed, Polymorphic, 4000 calls (4), 17 wire bytes: Inlined #6
;;> [inlining]     0x6b: fromEnd, Monomorphic, 4000 calls (4), 16 wire bytes: Inlined #7
;;> [inlining]   0x139: clamp, Monomorphic, 16000 calls (16), 35 wire bytes: Inlined #5
;;> [inlining]   0x141: makePair, Monomorphic, 16000 calls (16), 9 wire bytes: Inlined #1
;;> [inlining]   0x143: norm, Monomorphic, 16000 calls (16), 29 wire bytes: Inlined #4
;;> [inlining]   0x15b: report, Monomorphic, 1 calls (0.001), 28 wire bytes: TooCold
;;> [inlining]   0x161: checksum, Monomorphic, 1000 calls (1), 29 wire bytes: Inlined #8
;;> [inlining]     0x106: step, Monomorphic, 1000000 calls (1000), 13 wire bytes: Inlined #9

;;> == inlining function=root inlining.policy=spidermonkey
;;> [inlining] into root, 76 wire bytes
;;> [inlining]   0x123: get, Monomorphic, 16000 calls (16), 13 wire bytes: Inlined #1
;;> [inlining]   0x12f: get, Polymorphic, 12000 calls (12), 13 wire bytes: Inlined #2
;;> [inlining]   0x12f: getReversed, Polymorphic, 4000 calls (4), 17 wire bytes: Inlined #3
;;> [inlining]     0x6b: fromEnd, Monomorphic, 4000 calls (4), 16 wire bytes: Inlined #9
;;> [inlining]   0x139: clamp, Monomorphic, 16000 calls (16), 35 wire bytes: Inlined #4
;;> [inlining]   0x141: makePair, Monomorphic, 16000 calls (16), 9 wire bytes: Inlined #5
;;> [inlining]   0x143: norm, Monomorphic, 16000 calls (16), 29 wire bytes: Inlined #6
;;> [inlining]   0x15b: report, Monomorphic, 1 calls (0.001), 28 wire bytes: Inlined #7
;;> [inlining]   0x161: checksum, Monomorphic, 1000 calls (1), 29 wire bytes: Inlined #8
;;> [inlining]     0x106: step, Monomorphic, 1000000 calls (1000), 13 wire bytes: Inlined #10

;;> == inlining function=root inlining.policy=separate-budgets
;;> [inlining] into root, 76 wire bytes
;;> [inlining]   0x123: get, Monomorphic, 16000 calls (16), 13 wire bytes: Inlined #2
;;> [inlining]   0x12f: get, Polymorphic, 12000 calls (12), 13 wire bytes: Inlined #3
;;> [inlining]   0x12f: getReversed, Polymorphic, 4000 calls (4), 17 wire bytes: Inlined #6
;;> [inlining]     0x6b: fromEnd, Monomorphic, 4000 calls (4), 16 wire bytes: Inlined #7
;;> [inlining]   0x139: clamp, Monomorphic, 16000 calls (16), 35 wire bytes: Inlined #5
;;> [inlining]   0x141: makePair, Monomorphic, 16000 calls (16), 9 wire bytes: Inlined #1
;;> [inlining]   0x143: norm, Monomorphic, 16000 calls (16), 29 wire bytes: Inlined #4
;;> [inlining]   0x15b: report, Monomorphic, 1 calls (0.001), 28 wire bytes: TooCold
;;> [inlining]   0x161: checksum, Monomorphic, 1000 calls (1), 29 wire bytes: LongRunning

;;> == inlining function=root inlining.policy=benefit
;;> [inlining] into root, 76 wire bytes
;;> [inlining]   0x123: get, Monomorphic, 16000 calls (16), 13 wire bytes: Inlined #2, saves 19 cycles a call for 0 nodes
;;> [inlining]   0x12f: get, Polymorphic, 12000 calls (12), 13 wire bytes: Inlined #4, saves 19 cycles a call for 0 nodes
;;> [inlining]   0x12f: getReversed, Polymorphic, 4000 calls (4), 17 wire bytes: Inlined #6, saves 19 cycles a call for 6 nodes
;;> [inlining]     0x6b: fromEnd, Monomorphic, 4000 calls (4), 16 wire bytes: Inlined #7, saves 13 cycles a call for -2 nodes
;;> [inlining]   0x139: clamp, Monomorphic, 16000 calls (16), 35 wire bytes: Inlined #3, saves 19 cycles a call for -7 nodes
;;> [inlining]   0x141: makePair, Monomorphic, 16000 calls (16), 9 wire bytes: Inlined #1, saves 20.5 cycles a call for 0 nodes
;;> [inlining]   0x143: norm, Monomorphic, 16000 calls (16), 29 wire bytes: Inlined #5, saves 12.5 cycles a call for 2 nodes
;;> [inlining]   0x15b: report, Monomorphic, 1 calls (0.001), 28 wire bytes: TooLittleGain, saves 12.5 cycles a call for 1 nodes
;;> [inlining]   0x161: checksum, Monomorphic, 1000 calls (1), 29 wire bytes: LongRunning, saves 12.5 cycles a call for 2 nodes

;;> == inlining function=root inlining.policy=incremental
;;> [inlining] into root, 76 wire bytes
;;> [inlining]   0x123: get, Monomorphic, 16000 calls (16), 13 wire bytes: Inlined (in trial, 5 nodes become 5) #2, saves 19 cycles a call for 1 nodes
;;> [inlining]   0x12f: get, Polymorphic, 12000 calls (12), 13 wire bytes: Inlined (in trial, 5 nodes become 5) #4, saves 19 cycles a call for 1 nodes
;;> [inlining]   0x12f: getReversed, Polymorphic, 4000 calls (4), 17 wire bytes: Inlined (in trial, 11 nodes become 11) #6, saves 19 cycles a call for 7 nodes
;;> [inlining]     0x6b: fromEnd, Monomorphic, 4000 calls (4), 16 wire bytes: Inlined (in trial, 4 nodes become 4) #7, saves 13 cycles a call for -2 nodes
;;> [inlining]   0x139: clamp, Monomorphic, 16000 calls (16), 35 wire bytes: Inlined (in trial, 7 nodes become 1) #3, saves 16.8 cycles a call for -5 nodes
;;> [inlining]   0x141: makePair, Monomorphic, 16000 calls (16), 9 wire bytes: Inlined (in trial, 6 nodes become 6) #1, saves 20.5 cycles a call for 0 nodes
;;> [inlining]   0x143: norm, Monomorphic, 16000 calls (16), 29 wire bytes: Inlined (in trial, 7 nodes become 5) #5, saves 12.5 cycles a call for 0 nodes
;;> [inlining]   0x15b: report, Monomorphic, 1 calls (0.001), 28 wire bytes: TooLittleGain (in trial, 6 nodes become 6), saves 12.5 cycles a call for 1 nodes
;;> [inlining]   0x161: checksum, Monomorphic, 1000 calls (1), 29 wire bytes: LongRunning (in trial, 7 nodes become 7), saves 12.5 cycles a call for 2 nodes

;;> == inlining function=root inlining.policy=learned
;;> [inlining] into root, 76 wire bytes
;;> [inlining]   0x123: get, Monomorphic, 16000 calls (16), 13 wire bytes: Inlined #2, saves 19 cycles a call for 0 nodes
;;> [inlining]   0x12f: get, Polymorphic, 12000 calls (12), 13 wire bytes: Inlined #4, saves 19 cycles a call for 0 nodes
;;> [inlining]   0x12f: getReversed, Polymorphic, 4000 calls (4), 17 wire bytes: Inlined #6, saves 19 cycles a call for 6 nodes
;;> [inlining]     0x6b: fromEnd, Monomorphic, 4000 calls (4), 16 wire bytes: Inlined #7, saves 13 cycles a call for -2 nodes
;;> [inlining]   0x139: clamp, Monomorphic, 16000 calls (16), 35 wire bytes: Inlined #3, saves 19 cycles a call for -7 nodes
;;> [inlining]   0x141: makePair, Monomorphic, 16000 calls (16), 9 wire bytes: Inlined #1, saves 20.5 cycles a call for 0 nodes
;;> [inlining]   0x143: norm, Monomorphic, 16000 calls (16), 29 wire bytes: Inlined #5, saves 12.5 cycles a call for 2 nodes
;;> [inlining]   0x15b: report, Monomorphic, 1 calls (0.001), 28 wire bytes: TooLittleGain, saves 12.5 cycles a call for 1 nodes
;;> [inlining]   0x161: checksum, Monomorphic, 1000 calls (1), 29 wire bytes: TooLittleGain, saves 12.5 cycles a call for 2 nodes

;;> == inlining function=passOn
;;> [inlining] into passOn, 11 wire bytes
;;> [inlining]   0x16a: root, Monomorphic, 1000 calls (1), 76 wire bytes: BudgetExceeded

;;> == inlining function=passOn inlining.policy=separate-budgets
;;> [inlining] into passOn, 11 wire bytes
;;> [inlining]   0x16a: root, Monomorphic, 1000 calls (1), 76 wire bytes: Inlined #1
;;> [inlining]     0x123: get, Monomorphic, 16000 calls (16), 13 wire bytes: Inlined #3
;;> [inlining]     0x12f: get, Polymorphic, 12000 calls (12), 13 wire bytes: Inlined #4
;;> [inlining]     0x12f: getReversed, Polymorphic, 4000 calls (4), 17 wire bytes: Inlined #7
;;> [inlining]       0x6b: fromEnd, Monomorphic, 4000 calls (4), 16 wire bytes: Inlined #8
;;> [inlining]     0x139: clamp, Monomorphic, 16000 calls (16), 35 wire bytes: Inlined #6
;;> [inlining]     0x141: makePair, Monomorphic, 16000 calls (16), 9 wire bytes: Inlined #2
;;> [inlining]     0x143: norm, Monomorphic, 16000 calls (16), 29 wire bytes: Inlined #5
;;> [inlining]     0x15b: report, Monomorphic, 1 calls (0.001), 28 wire bytes: TooCold
;;> [inlining]     0x161: checksum, Monomorphic, 1000 calls (1), 29 wire bytes: LongRunning

;;> == inlining function=passOn inlining.policy=benefit
;;> [inlining] into passOn, 11 wire bytes
;;> [inlining]   0x16a: root, Monomorphic, 1000 calls (1), 76 wire bytes: TooLittleGain, saves 13 cycles a call for 52 nodes

;;> == inlining function=passOn inlining.policy=incremental
;;> [inlining] into passOn, 11 wire bytes
;;> [inlining]   0x16a: root, Monomorphic, 1000 calls (1), 76 wire bytes: Inlined (in trial, 58 nodes become 57) #1, saves 13 cycles a call for 51 nodes
;;> [inlining]     0x123: get, Monomorphic, 16000 calls (16), 13 wire bytes: Inlined (in trial, 5 nodes become 5) #2, saves 19 cycles a call for 1 nodes
;;> [inlining]     0x12f: get, Polymorphic, 12000 calls (12), 13 wire bytes: Inlined (in trial, 5 nodes become 5) #3, saves 19 cycles a call for 1 nodes
;;> [inlining]     0x12f: getReversed, Polymorphic, 4000 calls (4), 17 wire bytes: Inlined (in trial, 11 nodes become 11) #7, saves 19 cycles a call for 7 nodes
;;> [inlining]       0x6b: fromEnd, Monomorphic, 4000 calls (4), 16 wire bytes: Inlined (in trial, 4 nodes become 4) #8, saves 13 cycles a call for -2 nodes
;;> [inlining]     0x139: clamp, Monomorphic, 16000 calls (16), 35 wire bytes: Inlined (in trial, 7 nodes become 1) #4, saves 16.8 cycles a call for -5 nodes
;;> [inlining]     0x141: makePair, Monomorphic, 16000 calls (16), 9 wire bytes: Inlined (in trial, 6 nodes become 6) #5, saves 20.5 cycles a call for 0 nodes
;;> [inlining]     0x143: norm, Monomorphic, 16000 calls (16), 29 wire bytes: Inlined (in trial, 7 nodes become 5) #6, saves 12.5 cycles a call for 0 nodes
;;> [inlining]     0x15b: report, Monomorphic, 1 calls (0.001), 28 wire bytes: TooLittleGain (in trial, 6 nodes become 6), saves 12.5 cycles a call for 1 nodes
;;> [inlining]     0x161: checksum, Monomorphic, 1000 calls (1), 29 wire bytes: LongRunning (in trial, 7 nodes become 7), saves 12.5 cycles a call for 2 nodes

;;> == inlining function=root inlining.policy=benefit polymorphism-share=0.3 deopt.min-calls=20000
;;> [inlining] into root, 76 wire bytes
;;> [inlining]   0x123: get, Monomorphic, never deoptimizes, 16000 calls (16), 13 wire bytes: Inlined #2, saves 19 cycles a call for 0 nodes
;;> [inlining]   0x12f: get, Polymorphic, never deoptimizes, 12000 calls (12), 13 wire bytes: Inlined #4, saves 19 cycles a call for 0 nodes
;;> [inlining]   0x12f: getReversed, Polymorphic, never deoptimizes, 4000 calls (4), 17 wire bytes: RareTarget
;;> [inlining]   0x139: clamp, Monomorphic, 16000 calls (16), 35 wire bytes: Inlined #3, saves 19 cycles a call for -7 nodes
;;> [inlining]   0x141: makePair, Monomorphic, 16000 calls (16), 9 wire bytes: Inlined #1, saves 20.5 cycles a call for 0 nodes
;;> [inlining]   0x143: norm, Monomorphic, 16000 calls (16), 29 wire bytes: Inlined #5, saves 12.5 cycles a call for 2 nodes
;;> [inlining]   0x15b: report, Monomorphic, 1 calls (0.001), 28 wire bytes: TooLittleGain, saves 12.5 cycles a call for 1 nodes
;;> [inlining]   0x161: checksum, Monomorphic, 1000 calls (1), 29 wire bytes: LongRunning, saves 12.5 cycles a call for 2 nodes

;;> == inlining function=root inlining.policy=benefit inlining.benefit.deopt-cycles=100000
;;> [inlining] into root, 76 wire bytes
;;> [inlining]   0x123: get, Monomorphic, generic call by policy, 16000 calls (16), 13 wire bytes: Inlined #2, saves 19 cycles a call for 0 nodes
;;> [inlining]   0x12f: get, Polymorphic, generic call by policy, 12000 calls (12), 13 wire bytes: Inlined #4, saves 19 cycles a call for 0 nodes
;;> [inlining]   0x12f: getReversed, Polymorphic, generic call by policy, 4000 calls (4), 17 wire bytes: Inlined #6, saves 19 cycles a call for 6 nodes
;;> [inlining]     0x6b: fromEnd, Monomorphic, 4000 calls (4), 16 wire bytes: Inlined #7, saves 13 cycles a call for -2 nodes
;;> [inlining]   0x139: clamp, Monomorphic, 16000 calls (16), 35 wire bytes: Inlined #3, saves 19 cycles a call for -7 nodes
;;> [inlining]   0x141: makePair, Monomorphic, 16000 calls (16), 9 wire bytes: Inlined #1, saves 20.5 cycles a call for 0 nodes
;;> [inlining]   0x143: norm, Monomorphic, 16000 calls (16), 29 wire bytes: Inlined #5, saves 12.5 cycles a call for 2 nodes
;;> [inlining]   0x15b: report, Monomorphic, 1 calls (0.001), 28 wire bytes: TooLittleGain, saves 12.5 cycles a call for 1 nodes
;;> [inlining]   0x161: checksum, Monomorphic, 1000 calls (1), 29 wire bytes: LongRunning, saves 12.5 cycles a call for 2 nodes
