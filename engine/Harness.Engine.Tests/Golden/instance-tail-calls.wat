;; test: code function=ref tier=baseline tier-up=never
;; test: code function=ref tier=optimized
;; test: code function=import tier=optimized
;; test: code function=caller tier=baseline tier-up=never
;; test: code function=caller tier=optimized
;;
;; A tail call to another instance takes down the frame like any other; only one of the host is called and returned from. Who calls a function
;; with such a tail call directly loads its own instance again; who calls another function does not.
(module
  (type $t (func (param i32) (result i32)))
  (import "m" "f" (func $f (type $t)))
  (global $g (mut i32) (i32.const 0))
  (func $ref (param i32 (ref null $t)) (result i32) (return_call_ref $t (local.get 0) (local.get 1)))
  (func $import (type $t) (return_call $f (local.get 0)))
  (func $stays (type $t) (return_call $stays (local.get 0)))
  (func $caller (type $t)
    (i32.add (call $stays (call $import (local.get 0))) (global.get $g))))
